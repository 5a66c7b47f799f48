import { execFile } from "node:child_process";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ProjectCredential } from "@trunkline/contract";
import { GitOverHttp, GitOverSsh, hasHttpBackend, NO_SSHD } from "@trunkline/testkit";
import { expect, test } from "vitest";
import { publishBenches } from "../publish/testing/publish-bench.ts";
import type { Store } from "../store/port.ts";
import { CredentialVault } from "./credential-vault.ts";
import type { FindRoute } from "./git-reach.ts";
import { Remotes } from "./remote.ts";

const openPublishBench = publishBenches();

const PROJECT = "01900000-0000-7000-8000-0000000000aa";
const SIGNAL = new AbortController().signal;

/** A publisher, and remotes opened with a credential that was sealed before. */
async function open({ findRoute = async () => null }: { findRoute?: FindRoute } = {}) {
  const bench = await openPublishBench();
  await bench.write("a.txt", "1\n");
  const vault = new CredentialVault({ sharedDir: bench.test.dataDir, keyFile: undefined });
  let stored: Awaited<ReturnType<Store["projects"]["credential"]>>;
  const dataDir = join(bench.test.dataDir, "a server's");
  const remotes = new Remotes({
    store: { credential: async () => stored },
    vault,
    protocols: ["http", "https", "ssh", "file"],
    findRoute,
    dataDir,
  });
  return {
    bench,
    keysDirectory: join(dataDir, "git", "ssh"),
    async push(url: string, credential?: ProjectCredential) {
      stored = credential && {
        projectId: PROJECT,
        kind: credential.kind,
        sealed: await vault.seal(PROJECT, credential),
        updatedAt: 1,
      };
      await using opened = await remotes.open({ id: PROJECT, ownerId: PROJECT, url });
      const { commit } = await bench.publisher.toRemote(
        bench.work,
        { remote: opened.remote, redact: opened.redact, branch: "trunkline/fix", bases: ["main"] },
        SIGNAL,
      );
      expect(await bench.inOrigin("rev-parse", "trunkline/fix")).toBe(commit);
      return opened.token;
    },
  };
}

test("pushes over http with a token, and with nothing else", async ({ skip }) => {
  skip(!hasHttpBackend(), "git has no http-backend");
  const { bench, push } = await open();
  await using _ = bench;
  const secret = "s3cret-0123456789-$(x)'\"";
  await using host = await GitOverHttp.start({
    directory: bench.test.dataDir,
    username: "x-access-token",
    password: secret,
  });
  const url = `${host.url}/origin.git`;
  await expect(push(url)).rejects.toMatchObject({ reason: "credential_rejected" });
  const wrong = push(url, { kind: "token", secret: "wr0ng-secret" });
  await expect(wrong).rejects.toMatchObject({
    reason: "credential_rejected",
    message: expect.not.stringContaining("wr0ng"),
  });
  expect(await push(url, { kind: "token", secret })).toBe(secret);
  expect(host.requests.at(-1)).toMatch(/git-receive-pack signed in$/);
});

test("a redirect gets no token", async ({ skip }) => {
  skip(!hasHttpBackend(), "git has no http-backend");
  const { bench, push } = await open();
  await using _ = bench;
  await using elsewhere = await GitOverHttp.start({
    directory: bench.test.dataDir,
    username: "u",
    password: "p",
  });
  await using host = await GitOverHttp.start({
    directory: bench.test.dataDir,
    username: "x-access-token",
    password: "t0ken",
    redirectTo: elsewhere.url,
  });
  // A number in an address is no status: this once read as a credential that may not push.
  await expect(push(`${host.url}/403.git`, { kind: "token", secret: "t0ken" })).rejects.toMatchObject({
    reason: "remote_failed",
  });
  expect(elsewhere.requests).toEqual([]);
});

test("pushes over ssh with a key, to a host that is known, and leaves no key behind", async ({ skip }) => {
  skip(NO_SSHD !== null, NO_SSHD ?? "");
  const { bench, push, keysDirectory } = await open();
  await using _ = bench;
  const keys = join(bench.test.dataDir, "keys");
  await mkdir(keys);
  await using host = await GitOverSsh.start(keys);
  const url = host.url(bench.origin);
  const { privateKey, knownHosts } = host;
  await push(url, { kind: "ssh-key", privateKey, knownHosts });
  await promisify(execFile)("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(keys, "other")]);
  const other = knownHosts.replace(
    /AAAA.*/,
    (await readFile(join(keys, "other.pub"), "utf8")).split(" ")[1] ?? "",
  );
  await expect(push(url, { kind: "ssh-key", privateKey, knownHosts: other })).rejects.toMatchObject({
    reason: "credential_rejected",
    message: expect.stringContaining("another ssh key"),
  });
  const stranger = await readFile(join(keys, "other"), "utf8");
  await expect(push(url, { kind: "ssh-key", privateKey: stranger, knownHosts })).rejects.toMatchObject({
    reason: "credential_rejected",
  });
  await expect(push(url, { kind: "token", secret: "x" })).rejects.toMatchObject({
    reason: "credential_rejected",
  });
  expect(await readdir(keysDirectory)).toEqual([]);
});

/** No name server knows it (RFC 6761). */
const NAME = "git.example.invalid";

test("over http to the address that was checked for a name, which is not looked up again", async ({
  skip,
}) => {
  skip(!hasHttpBackend(), "git has no http-backend");
  const asked: unknown[] = [];
  const { bench, push } = await open({
    findRoute: async ({ host }, ownerId) => {
      asked.push([host, ownerId]);
      return ["127.0.0.1"];
    },
  });
  await using _ = bench;
  const credential = { kind: "token", secret: "t0ken" } as const;
  await using host = await GitOverHttp.start({
    directory: bench.test.dataDir,
    username: "x-access-token",
    password: credential.secret,
  });
  await push(`${host.url.replace("127.0.0.1", NAME)}/origin.git`, credential);
  expect(asked).toEqual([[NAME, PROJECT]]);
});

test("over ssh to the address that was checked for a name, whose key it has to show", async ({ skip }) => {
  skip(NO_SSHD !== null, NO_SSHD ?? "");
  const { bench, push } = await open({ findRoute: async () => ["127.0.0.1"] });
  await using _ = bench;
  const keys = join(bench.test.dataDir, "keys");
  await mkdir(keys);
  await using host = await GitOverSsh.start(keys);
  const url = host.url(bench.origin).replace("127.0.0.1", NAME);
  const { privateKey, knownHosts } = host;
  await expect(push(url, { kind: "ssh-key", privateKey, knownHosts })).rejects.toMatchObject({
    reason: "credential_rejected",
  });
  await push(url, { kind: "ssh-key", privateKey, knownHosts: knownHosts.replace("127.0.0.1", NAME) });
});
