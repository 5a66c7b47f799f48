import { type ChildProcess, fork } from "node:child_process";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../free-port.ts";
import { processesBelow } from "../processes-below.ts";
import { findPostgresPrograms } from "./postgres-programs.ts";
import { waitFor } from "../wait-for.ts";
import { newCluster } from "./new-cluster.ts";
import { serverUser } from "./server-user.ts";
import { withClient } from "./with-client.ts";

/** Characters of its output to keep (the newest). */
const KEPT_LOG_LENGTH = 200_000;

const SUPERVISOR = fileURLToPath(new URL("postgres-process.mjs", import.meta.url));

export type ShutdownMode = "smart" | "fast" | "immediate";

const SIGNALS: Record<ShutdownMode, NodeJS.Signals> = {
  smart: "SIGTERM",
  fast: "SIGINT",
  immediate: "SIGQUIT",
};

/**
 * A real PostgreSQL in its own directory, with production durability, on a loopback port that it keeps across restarts.
 */
export class PostgresServer implements AsyncDisposable {
  readonly port: number;
  readonly #directory: string;
  readonly #programs: string;
  readonly #user: { uid: number; gid: number } | undefined;
  #process: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #logs = "";
  #databases = 0;

  private constructor(directory: string, port: number, programs: string) {
    this.#directory = directory;
    this.port = port;
    this.#programs = programs;
    this.#user = serverUser();
  }

  /** @throws Error with its output if there is no PostgreSQL on this machine, or it does not start. */
  static async start(): Promise<PostgresServer> {
    const programs = await findPostgresPrograms();
    const directory = await mkdtemp(join(tmpdir(), "trunkline-postgres-"));
    const server = new PostgresServer(directory, await freePort(), programs);
    try {
      await server.#create();
      await server.launch();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The newest output of the server. */
  get logs(): string {
    return this.#logs;
  }

  /** Pid of the process whose descendants are the server's processes. */
  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error("PostgreSQL does not run");
    return pid;
  }

  url(database: string): string {
    return `postgres://trunkline:trunkline@127.0.0.1:${this.port}/${database}`;
  }

  /** @returns the URL of a new, empty database. */
  async createDatabase(): Promise<string> {
    const name = `test_${process.pid}_${this.#databases++}`;
    await this.sql(`create database ${name}`);
    return this.url(name);
  }

  /** Runs statements as the superuser in the named database. @returns the rows of the last one */
  async sql<Row extends object>(statements: string, database = "postgres"): Promise<Row[]> {
    return withClient(this.url(database), async (client) => {
      const results: unknown = await client.query(statements);
      const last = (Array.isArray(results) ? results.at(-1) : results) as { rows: Row[] };
      return last.rows;
    });
  }

  /** Starts the server on its data, and waits until it accepts connections. */
  async launch(): Promise<void> {
    const { uid = "", gid = "" } = this.#user ?? {};
    const settings = [
      "-p",
      String(this.port),
      "-h",
      "127.0.0.1",
      "-k",
      this.#directory,
      "-c",
      "max_connections=200",
    ];
    const child = fork(
      SUPERVISOR,
      [String(uid), String(gid), join(this.#programs, "postgres"), "-D", this.#data, ...settings],
      { stdio: ["ignore", "pipe", "pipe", "ipc"], cwd: this.#directory, execArgv: [] },
    );
    this.#process = child;
    this.#exited = new Promise((resolve) => child.once("close", () => resolve()));
    for (const output of [child.stdout, child.stderr]) {
      output?.on("data", (bytes: Buffer) => {
        this.#logs = (this.#logs + bytes.toString()).slice(-KEPT_LOG_LENGTH);
      });
    }
    await waitFor("PostgreSQL to accept connections", async () => {
      if (child.exitCode !== null) throw new Error(`PostgreSQL does not start:\n${this.#logs}`);
      return (await this.sql("select 1").catch(() => [])).length > 0;
    });
  }

  /** To clients, `immediate` looks like a crash: the next start recovers from the log. */
  async stop(mode: ShutdownMode = "fast"): Promise<void> {
    this.#process?.send(SIGNALS[mode]);
    await this.#exited;
    this.#process = undefined;
  }

  /** `kill -9` of all of it, as a power cut ends it; `launch` starts it again. */
  async kill(): Promise<void> {
    this.#process?.send("SIGKILL");
    await this.#exited;
    this.#process = undefined;
    // The others end by themselves once they find the first one gone, and until then nobody can start on their data.
    const others = async (): Promise<number[]> => processesBelow(this.#data);
    await waitFor("PostgreSQL's processes to end", async () => (await others()).length === 0);
  }

  async restart(mode: ShutdownMode = "fast"): Promise<void> {
    await this.stop(mode);
    await this.launch();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("immediate");
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  get #data(): string {
    return join(this.#directory, "data");
  }

  async #create(): Promise<void> {
    const { uid, gid } = this.#user ?? {};
    if (uid !== undefined && gid !== undefined) await chown(this.#directory, uid, gid);
    await newCluster(this.#data, this.#programs, this.#user);
  }
}
