import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProjectCredential } from "@trunkline/contract";
import type { GitRun } from "../git/port.ts";
import type { ProjectStore } from "../store/port.ts";
import type { CredentialVault } from "./credential-vault.ts";
import type { FindRoute } from "./git-reach.ts";
import { type GitUrl, readGitUrl } from "./git-url.ts";

/** How git reaches a URL, with what signs in there, for as long as it is open. */
export interface OpenRemote extends AsyncDisposable {
  remote: Pick<GitRun, "protocol" | "environment" | "configuration"> & { url: string };
  /** For a forge's API; null: the project has none. */
  token: string | null;
  /** @returns the text without what signs in: a server may quote it in its errors. */
  redact(text: string): string;
}

/** Takes part in the URL in the place of a user name, as GitHub, GitLab and Gitea have it. */
const TOKEN_USER = "x-access-token";

export class Remotes {
  readonly #store: Pick<ProjectStore, "credential">;
  readonly #vault: Pick<CredentialVault, "open">;
  readonly #protocols: readonly string[];
  readonly #findRoute: FindRoute;
  /** For keys in files, which ssh wants. */
  readonly #directory: string;

  /** @param options.dataDir of this process alone: keys that a killed one left are removed by the next start. */
  constructor(options: {
    store: Pick<ProjectStore, "credential">;
    vault: Pick<CredentialVault, "open">;
    protocols: readonly string[];
    findRoute: FindRoute;
    dataDir: string;
  }) {
    this.#store = options.store;
    this.#vault = options.vault;
    this.#protocols = options.protocols;
    this.#findRoute = options.findRoute;
    this.#directory = join(options.dataDir, "git", "ssh");
  }

  async start(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** @throws TrunklineError `validation_failed` for a URL that the operator no longer allows, `forbidden`, `unavailable` */
  async open(project: { id: string; ownerId: string; url: string }): Promise<OpenRemote> {
    const read = readGitUrl(project.url, this.#protocols) as GitUrl & {
      protocol: NonNullable<GitRun["protocol"]>;
    };
    const { url, protocol } = read;
    const route = await this.#findRoute(read, project.ownerId);
    const sealed = await this.#store.credential(project.id);
    const credential =
      sealed === undefined ? null : await this.#vault.open<ProjectCredential>(project.id, sealed.sealed);
    // A redirect would be sent what signs in here.
    const configuration: Record<string, string> = {
      "http.followRedirects": "false",
      "http.lowSpeedLimit": "1",
      "http.lowSpeedTime": "60",
      ...(route !== null && { "http.curloptResolve": curlRoute(read, route) }),
    };
    const pinned = route === null || protocol !== "ssh" ? [] : sshRoute(read, route);
    const isHttp = protocol === "https" || protocol === "http";
    if (credential?.kind === "token") {
      const { secret, username = TOKEN_USER } = credential;
      const basic = Buffer.from(`${username}:${secret}`).toString("base64");
      if (isHttp) configuration["http.extraHeader"] = `Authorization: Basic ${basic}`;
      return {
        remote: { url, protocol, configuration, ...(protocol === "ssh" && { environment: ssh(pinned) }) },
        token: secret,
        redact: (text) => text.replaceAll(secret, "[redacted]").replaceAll(basic, "[redacted]"),
        [Symbol.asyncDispose]: async () => undefined,
      };
    }
    if (credential?.kind !== "ssh-key" || protocol !== "ssh") {
      return {
        remote: { url, protocol, configuration, ...(protocol === "ssh" && { environment: ssh(pinned) }) },
        token: null,
        redact: (text) => text,
        [Symbol.asyncDispose]: async () => undefined,
      };
    }
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const directory = await mkdtemp(join(this.#directory, "key-"));
    const [key, hosts] = [join(directory, "key"), join(directory, "known_hosts")];
    await writeFile(key, `${credential.privateKey.trim()}\n`, { mode: 0o600 });
    await writeFile(hosts, `${credential.knownHosts.trim()}\n`, { mode: 0o600 });
    const options = [...pinned, `IdentityFile=${option(key)}`, `UserKnownHostsFile=${option(hosts)}`];
    return {
      remote: { url, protocol, configuration, environment: ssh(options) },
      token: null,
      redact: (text) => text,
      [Symbol.asyncDispose]: async () => rm(directory, { recursive: true, force: true }),
    };
  }
}

/** Neither the machine's nor the user's settings, keys or agent; nothing is asked, and unknown hosts are refused. */
const SSH_OPTIONS = [
  "BatchMode=yes",
  "IdentitiesOnly=yes",
  "IdentityAgent=none",
  "GlobalKnownHostsFile=/dev/null",
  "StrictHostKeyChecking=yes",
  "UpdateHostKeys=no",
  "PreferredAuthentications=publickey",
  "ClearAllForwardings=yes",
  "PermitLocalCommand=no",
  "ConnectTimeout=20",
  "ServerAliveInterval=15",
  "ServerAliveCountMax=4",
];

/** Where curl finds the host without asking a name server (CURLOPT_RESOLVE). */
function curlRoute({ url, host, protocol }: GitUrl, addresses: readonly string[]): string {
  const { port } = new URL(url);
  const all = addresses.map((address) => (address.includes(":") ? `[${address}]` : address)).join(",");
  return `${host}:${port === "" ? (protocol === "https" ? 443 : 80) : port}:${all}`;
}

/** The address in place of the name, whose key it still has to show (ssh_config(5)). */
function sshRoute({ url, host }: GitUrl, addresses: readonly string[]): string[] {
  const { port } = new URL(url);
  const address = addresses.find((one) => !one.includes(":")) ?? addresses[0] ?? "";
  const name = host?.replace(/^\[|\]$/g, "") ?? "";
  const alias = port === "" || port === "22" ? name : `[${name}]:${port}`;
  return [`HostName=${address}`, `HostKeyAlias=${alias}`, "CheckHostIP=no"];
}

/** @param options with the key and the known hosts, if there are any. */
function ssh(options: readonly string[]): Record<string, string> {
  const hasKey = options.some((one) => one.startsWith("IdentityFile="));
  const all = hasKey ? options : [...options, "IdentityFile=none", "UserKnownHostsFile=/dev/null"];
  const words = [...SSH_OPTIONS, ...all].map((value) => `-o ${quote(value)}`);
  return { GIT_SSH_COMMAND: `ssh -F /dev/null ${words.join(" ")}`, GIT_SSH_VARIANT: "ssh" };
}

/** A path as ssh_config(5) reads it. */
function option(path: string): string {
  return `"${path.replaceAll("%", "%%")}"`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
