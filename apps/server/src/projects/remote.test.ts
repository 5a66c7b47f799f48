import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { inspect, promisify } from "node:util";
import { freePort } from "@trunkline/testkit";
import { expect, test } from "vitest";
import { openSources } from "./testing/open-sources.ts";
import { makeRepository } from "../git/testing/repositories.ts";

const execute = promisify(execFile);
const SECRET = "canary-0123456789abcdef";

/** Git's own server behind HTTP basic authentication; quotes what it refuses, as a careless one would. */
async function serveGit(root: string, expected: string): Promise<Server> {
  const server = createServer((request, response) => {
    const header = request.headers.authorization ?? "";
    if (header !== `Basic ${Buffer.from(expected).toString("base64")}`) {
      response.writeHead(401, { "www-authenticate": "Basic", "content-type": "text/plain" });
      response.end(`no: ${header} ${Buffer.from(header.slice(6), "base64").toString()}`);
      return;
    }
    runBackend(root, request).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      () => response.writeHead(500).end(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function runBackend(root: string, request: IncomingMessage) {
  const url = new URL(request.url ?? "/", "http://localhost");
  const child = spawn("git", ["http-backend"], {
    env: {
      PATH: process.env["PATH"],
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      REQUEST_METHOD: request.method,
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      REMOTE_USER: "ada",
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  request.pipe(child.stdin);
  const pieces: Buffer[] = [];
  for await (const piece of child.stdout) pieces.push(piece as Buffer);
  const answer = Buffer.concat(pieces);
  const end = answer.indexOf("\r\n\r\n");
  const headers = Object.fromEntries(
    answer
      .subarray(0, end)
      .toString()
      .split("\r\n")
      .map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]),
  );
  const { Status: status = "200", ...others } = headers;
  return { status: Number.parseInt(status, 10), headers: others, body: answer.subarray(end + 4) };
}

test("over http with a token: fetched; refused without it, and nothing quotes it", async () => {
  await using opened = await openSources();
  const { bench, store } = opened;
  const repositories = join(bench.dataDir, "repositories");
  const commit = await makeRepository(join(repositories, "a"), { "a.txt": "a\n" });
  const server = await serveGit(repositories, `x-access-token:${SECRET}`);
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a/.git`;
    const source = { kind: "git", url } as const;
    const { id } = await opened.project(source, { kind: "token", secret: SECRET });
    const base = await opened.fetch(id);
    expect(base).toMatchObject({ commit, origin: url });
    expect(await readFile(join(base.mirror, "config"), "utf8")).not.toContain(SECRET);
    expect(bench.records).toEqual([]);

    const bare = await opened.project(source);
    await expect(opened.fetch(bare.id)).rejects.toMatchObject({ reason: "project_unreachable" });
    const wrong = { kind: "token", secret: `${SECRET}-wrong`, username: "ada" } as const;
    const other = await opened.project(source, wrong);
    const refused = await opened.fetch(other.id).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({ message: expect.stringContaining("could not be fetched") });
    // All of it: messages, causes, and what git said.
    const said = inspect([refused, await store.projects.find(other.id)], { depth: null, showHidden: true });
    expect(said).not.toContain(SECRET);
    expect(said).not.toContain(Buffer.from(`ada:${wrong.secret}`).toString("base64"));
    // Neither the store nor a copy of it has it: encrypted, with a key that is elsewhere.
    for (const file of ["db", "db-wal"]) {
      const bytes = await readFile(join(bench.dataDir, file)).catch(() => Buffer.alloc(0));
      expect(bytes.includes(SECRET)).toBe(false);
    }
  } finally {
    server.close();
  }
});

test("over ssh with a key: a known host is fetched from; another is refused", async ({ skip }) => {
  const sshd = "/usr/sbin/sshd";
  skip(process.getuid?.() !== 0 && process.env["USER"] === undefined, "needs a user that sshd knows");
  await using opened = await openSources();
  const { bench } = opened;
  const ssh = join(bench.dataDir, "sshd");
  await mkdir(ssh, { mode: 0o700 });
  const commit = await makeRepository(join(ssh, "a"), { "a.txt": "a\n" });
  const keygen = async (name: string) =>
    execute("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(ssh, name)]);
  await Promise.all([keygen("host"), keygen("user"), keygen("other")]);
  const port = await freePort();
  await writeFile(
    join(ssh, "config"),
    `ListenAddress 127.0.0.1:${port}
HostKey ${join(ssh, "host")}
PidFile none
AuthorizedKeysFile ${join(ssh, "user.pub")}
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
PermitRootLogin prohibit-password
`,
  );
  await mkdir("/run/sshd", { recursive: true }).catch(() => undefined);
  const daemon = spawn(sshd, ["-D", "-e", "-f", join(ssh, "config")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    let log = "";
    for await (const piece of daemon.stderr) {
      log += String(piece);
      if (log.includes("Server listening")) break;
    }
    const { stdout: user } = await execute("id", ["-un"]);
    const url = `ssh://${user.trim()}@127.0.0.1:${port}${join(ssh, "a")}`;
    const knownHost = async (name: string) =>
      `[127.0.0.1]:${port} ${(await readFile(join(ssh, `${name}.pub`), "utf8")).trim()}`;
    const privateKey = await readFile(join(ssh, "user"), "utf8");
    const source = { kind: "git", url } as const;
    const credential = { kind: "ssh-key", privateKey, knownHosts: await knownHost("host") } as const;
    const { id } = await opened.project(source, credential);
    expect(await opened.fetch(id)).toMatchObject({ commit });
    const other = await opened.project(source, { ...credential, knownHosts: await knownHost("other") });
    await expect(opened.fetch(other.id)).rejects.toMatchObject({
      message: expect.stringMatching(/could not be fetched.*Host key verification failed/),
    });
    // The key was in a file only for as long as ssh needed it.
    const left = await execute("find", [join(bench.dataDir, "git"), "-name", "key"]);
    expect(left.stdout).toBe("");
  } finally {
    daemon.kill("SIGKILL");
  }
});

test("a source that fails is asked twice, however many wait for it at once", async () => {
  await using opened = await openSources();
  const all = Promise.withResolvers<void>();
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    void all.promise.then(() => response.writeHead(503).end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as AddressInfo;
    const { id } = await opened.project({ kind: "git", url: `http://127.0.0.1:${port}/a` });
    const fetches = Array.from({ length: 5 }, async () => opened.fetch(id));
    const ended = Promise.allSettled(fetches);
    await once(server, "request");
    all.resolve();
    expect((await ended).map(({ status }) => status)).toEqual(Array(5).fill("rejected"));
    expect(asked).toBe(2);
  } finally {
    server.close();
  }
});
