import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient, type TrunklineClient } from "@trunkline/client";
import bundled from "./bundled.ts";
import { Child } from "./child.ts";
import { freePort } from "./free-port.ts";
import { TestDatabase } from "./postgres/test-database.ts";
import { waitFor } from "./wait-for.ts";

export const SERVER_MAIN = fileURLToPath(
  new URL("../../../apps/server/bin/trunkline-server.mjs", import.meta.url),
);

export interface ServerFixtureOptions {
  /** Default off: the API only. */
  web?: "on" | "off";
  /** Added to what the server needs; nothing else of this process's environment is passed on. */
  env?: Record<string, string>;
  /** PostgreSQL's URL; default: a separate database if the test's project has PostgreSQL, else SQLite. */
  databaseUrl?: string | undefined;
  /** An existing data directory, which is kept; default: a new one, removed at the end. */
  dataDir?: string;
  /** Default 240,000: in a fresh checkout nothing is compiled yet, which took 155 s at a load of 34 on two cores. */
  readyTimeoutMs?: number;
  /** For the server's Node, e.g. `--expose-gc`. */
  nodeOptions?: readonly string[];
  /** The server's program; default: this repository's. */
  main?: string;
}

/** The real server as a child process with its own data directory, on a port that it keeps across restarts. */
export class ServerFixture implements AsyncDisposable {
  readonly dataDir: string;
  readonly #options: ServerFixtureOptions;
  readonly #database: TestDatabase | undefined;
  #main: string;
  #child: Child | undefined;
  #earlierLogs = "";
  #url = "";
  #token = "";
  #signInUrl = "";
  #readyMs = 0;
  #client: TrunklineClient | undefined;

  private constructor(dataDir: string, options: ServerFixtureOptions, database: TestDatabase | undefined) {
    this.dataDir = dataDir;
    this.#options = options;
    this.#main = options.main ?? SERVER_MAIN;
    this.#database = database;
  }

  /** @throws Error with the server's output if it exits instead of serving; DeadlineError. */
  static async start(options: ServerFixtureOptions = {}): Promise<ServerFixture> {
    const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "trunkline-test-")));
    const database = options.databaseUrl === undefined ? await TestDatabase.of(dataDir) : undefined;
    const fixture = new ServerFixture(dataDir, options, database);
    try {
      await fixture.#launch(await freePort());
      return fixture;
    } catch (error) {
      await fixture[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** `http://127.0.0.1:PORT`, the same across restarts. */
  get url(): string {
    return this.#url;
  }

  /** The bearer token that the server created for its local user. */
  get token(): string {
    return this.#token;
  }

  /** A client with that token; it survives restarts. */
  get client(): TrunklineClient {
    this.#client ??= createClient({ url: this.#url, token: this.#token });
    return this.#client;
  }

  /** The one-time link printed by the latest start. */
  get signInUrl(): string {
    return this.#signInUrl;
  }

  /** How long the latest start took until `/health` answered, in ms. */
  get readyMs(): number {
    return this.#readyMs;
  }

  get pid(): number {
    return this.#running().pid;
  }

  get isRunning(): boolean {
    return this.#child?.isRunning === true;
  }

  /** stdout and stderr of every start so far. */
  get logs(): string {
    return this.#earlierLogs + (this.#child?.logs ?? "");
  }

  /** Shuts the server down. @returns its exit code; null if it had to be killed after a minute */
  async stop(): Promise<number | null> {
    const { code } = await this.#running().end("SIGTERM", 60_000);
    return code;
  }

  /** `kill -9`, and waits until it is gone. */
  async kill(): Promise<void> {
    await this.#running().end("SIGKILL");
  }

  /** Resolves when the server has ended, by itself or by a signal. */
  async exited(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    return this.#running().exited;
  }

  /**
   * Restarts on the same data and port, with `env` on top of the fixture's; stops it first if it is running.
   * @param options.main another program, from now on
   */
  async restart(options: { env?: Record<string, string>; main?: string } = {}): Promise<void> {
    await this.stop();
    this.#main = options.main ?? this.#main;
    await this.#launch(Number(new URL(this.#url).port), options.env);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child?.end("SIGTERM", 60_000);
    if (this.#options.dataDir !== undefined) return;
    // A tool's process that outlives the server may still be writing to its workspace.
    await this.#database?.drop();
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  #running(): Child {
    if (this.#child === undefined) throw new Error("the server was never started");
    return this.#child;
  }

  async #launch(port: number, env: Record<string, string> = {}): Promise<void> {
    const { web = "off", readyTimeoutMs = 240_000, nodeOptions } = this.#options;
    const databaseUrl = this.#options.databaseUrl ?? this.#database?.url;
    if (this.#main === SERVER_MAIN) await bundled();
    const startedAt = performance.now();
    this.#earlierLogs = this.logs;
    const child = new Child(this.#main, [], {
      nodeOptions,
      env: {
        ...inherited(),
        TRUNKLINE_WEB: web,
        // Another call of the model after a session's first task, which few tests are about.
        TRUNKLINE_TITLES: "off",
        ...(databaseUrl !== undefined && { TRUNKLINE_DATABASE_URL: databaseUrl }),
        ...this.#options.env,
        ...env,
        TRUNKLINE_PORT: String(port),
        TRUNKLINE_DATA_DIR: this.dataDir,
      },
    });
    this.#child = child;
    const signInUrl = (line: string) => /http:\/\/\S+\/sign-in\?code=[^\s"]+/.exec(line)?.[0];
    this.#signInUrl = await child.waitForLine("the sign-in link", signInUrl, readyTimeoutMs);
    this.#url = await waitFor("server.json of the new process", () => this.#announcedUrl(child.pid));
    this.#token = (await readFile(join(this.dataDir, "token"), "utf8")).trim();
    await waitFor("GET /health", async () => (await fetch(`${this.#url}/health`)).ok);
    this.#readyMs = performance.now() - startedAt;
  }

  /** The server's address according to its record; undefined if the file is missing, or from an earlier start. */
  async #announcedUrl(pid: number): Promise<string | undefined> {
    try {
      const json = await readFile(join(this.dataDir, "server.json"), "utf8");
      const announced = JSON.parse(json) as { pid: number; url: string };
      return announced.pid === pid ? announced.url : undefined;
    } catch (error) {
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT")
        return undefined;
      throw error;
    }
  }
}

/** No key, setting or option of the developer's shell may affect a test. */
function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "TMPDIR", "LANG", "LC_ALL"];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
