import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";

const SSHD = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"].find((path) => existsSync(path));

/** Why there is no ssh server here to test with; null: there is one. */
export const NO_SSHD = SSHD === undefined ? "sshd is not installed (apt install openssh-server)" : null;

/**
 * An ssh server on loopback with a host key and a user key of its own. Each connection gets an `sshd -i`, as from inetd: there is
 * no daemon that could be left behind. Signs in as the user that runs this.
 */
export class GitOverSsh {
  /** For the client: its private key. */
  readonly privateKey: string;
  /** For the client: lines of `known_hosts`. */
  readonly knownHosts: string;
  connections = 0;
  readonly #server: Server;

  private constructor(server: Server, { privateKey, hostKey }: { privateKey: string; hostKey: string }) {
    this.#server = server;
    this.privateKey = privateKey;
    const [type, key] = hostKey.split(" ");
    this.knownHosts = `[127.0.0.1]:${this.#port} ${type} ${key}\n`;
  }

  /** @param directory for keys and settings; empty */
  static async start(directory: string): Promise<GitOverSsh> {
    if (SSHD === undefined) throw new Error(NO_SSHD ?? "");
    const makeKey = (name: string): string => {
      const file = join(directory, name);
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file]);
      return file;
    };
    const [hostKey, userKey] = [makeKey("host"), makeKey("user")];
    const authorized = join(directory, "authorized_keys");
    writeFileSync(authorized, `restrict ${readFileSync(`${userKey}.pub`, "utf8")}`);
    const settings = join(directory, "sshd_config");
    writeFileSync(
      settings,
      [
        `HostKey ${hostKey}`,
        `AuthorizedKeysFile ${authorized}`,
        "StrictModes no",
        "UsePAM no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitRootLogin prohibit-password",
        "LogLevel ERROR",
        "SetEnv GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null",
      ].join("\n"),
    );
    chmodSync(settings, 0o600);
    // Root's sshd wants it, and Debian makes it when the service starts.
    if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
    const program = SSHD;
    const server = createServer({ pauseOnConnect: true });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const remote = new GitOverSsh(server, {
      privateKey: readFileSync(userKey, "utf8"),
      hostKey: readFileSync(`${hostKey}.pub`, "utf8"),
    });
    server.on("connection", (socket) => {
      remote.connections++;
      const child = spawn(program, ["-i", "-e", "-f", settings], { stdio: [socket, socket, "ignore"] });
      child.once("exit", () => socket.destroy());
      child.once("error", () => socket.destroy());
    });
    return remote;
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** @param path absolute, of a repository */
  url(path: string): string {
    return `ssh://${userInfo().username}@127.0.0.1:${this.#port}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
