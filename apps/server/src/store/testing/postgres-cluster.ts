import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { globSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";

const run = promisify(execFile);

/** A PostgreSQL of a test's own, on loopback. */
export interface PostgresCluster extends AsyncDisposable {
  /** @returns the URL of a new and empty database. @param options of `create database` */
  createDatabase(options?: string): Promise<string>;
  /** As the operator who maintains it would. @throws what PostgreSQL says */
  execute(sql: string): Promise<unknown[]>;
  /** `immediate`: as a crash leaves it. */
  stop(mode: "fast" | "immediate"): Promise<void>;
  start(): Promise<void>;
}

export async function startPostgresCluster(): Promise<PostgresCluster> {
  const directory = await mkdtemp(join(tmpdir(), "trunkline-pg-"));
  const bin = globSync("/usr/lib/postgresql/*/bin").toSorted().at(-1) ?? "";
  const as = process.getuid?.() === 0 ? userNamed("postgres") : {};
  if (as.uid !== undefined) await chown(directory, as.uid, as.gid ?? as.uid);
  const data = join(directory, "data");
  const port = await freePort();
  await run(
    join(bin, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
    as,
  );
  const url = (database: string): string => `postgres://postgres@127.0.0.1:${port}/${database}`;
  let server: ReturnType<typeof spawn> | undefined;

  const execute = async (sql: string, database = "postgres"): Promise<unknown[]> => {
    const client = new Client({ connectionString: url(database) });
    await client.connect();
    try {
      return (await client.query<object>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const cluster: PostgresCluster = {
    async start() {
      const args = [
        "-D",
        data,
        "-p",
        String(port),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        `unix_socket_directories=${directory}`,
      ];
      server = spawn(join(bin, "postgres"), args, { ...as, stdio: "ignore" });
      for (;;) {
        const [code] = (await Promise.race([
          once(server, "exit"),
          run(join(bin, "pg_isready"), ["-q", "-h", directory, "-p", String(port)]).then(
            () => [undefined],
            () => [null],
          ),
        ])) as [number | null | undefined];
        if (code === undefined) return;
        if (typeof code === "number") throw new Error(`postgres ended with ${code}`);
      }
    },
    async stop(mode) {
      const running = server;
      if (running === undefined || running.exitCode !== null) return;
      const ended = once(running, "exit");
      running.kill(mode === "immediate" ? "SIGQUIT" : "SIGINT");
      await ended;
    },
    execute: async (sql) => execute(sql),
    async createDatabase(options = "") {
      const name = `t${Math.random().toString(36).slice(2)}`;
      await execute(`create database ${name} ${options}`);
      return url(name);
    },
    async [Symbol.asyncDispose]() {
      await cluster.stop("immediate");
      await rm(directory, { recursive: true, force: true });
    },
  };
  await cluster.start();
  return cluster;
}

function userNamed(name: string): { uid?: number; gid?: number } {
  const id = (flag: string): number => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
