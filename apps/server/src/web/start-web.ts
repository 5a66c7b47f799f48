import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { findHome } from "../common/find-home.ts";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import type { Web } from "./port.ts";
import { isWebProcessMessage } from "./web-process-message.ts";
import { spawned } from "../common/spawned.ts";

export const WEB_ENTRY = fileURLToPath(new URL("./next-process.ts", import.meta.url));

/** Written by `next build` when everything else is there. */
const BUILD_MARK = join(".next", "BUILD_ID");

/** Loading Next takes about a second; first compilation in development takes many. */
const START_LIMIT_MS = 120_000;
/** Restarts are delayed, longer each time; a process that lived this long resets the delay. */
const BACKOFF = { minMs: 500, maxMs: 30_000, healthyAfterMs: 60_000 };

export interface WebOptions {
  /** Directory of the Next app, built if the mode is `production`. */
  directory: string;
  mode: Web["mode"];
  /** Prefix of its command line that runs it in a sandbox; null: no sandbox. */
  sandbox?: readonly string[] | null;
  /** Before all paths: `/agents`, or nothing. */
  basePath?: string;
  logger: Logger;
}

export interface WebSupervisor extends Web {
  /** How often the process has ended unasked. */
  died(): number;
  /** @throws Error while the UI's process is dead or starts again */
  check(): void;
  /** Resolves when the UI is served for the first time, or known not to be. */
  readonly ready: Promise<void>;
  /** Ends the process and its children; kills after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Starts the UI's process and restarts it whenever it ends, until `stop`. */
export function startWeb(options: WebOptions): WebSupervisor {
  const supervisor = new Supervisor(options);
  supervisor.start();
  return supervisor;
}

class Supervisor implements WebSupervisor {
  readonly mode: Web["mode"];
  readonly #directory: string;
  readonly #sandbox: readonly string[] | null;
  readonly #basePath: string;
  readonly #logger: Logger;
  readonly #ready = Promise.withResolvers<void>();
  #child: ChildProcess | undefined;
  #url: string | null = null;
  #failures = 0;
  #died = 0;
  #restart: NodeJS.Timeout | undefined;
  #stopped = false;
  #problem: string | null = null;

  constructor({ directory, mode, sandbox = null, basePath = "", logger }: WebOptions) {
    this.#basePath = basePath;
    this.#sandbox = sandbox;
    this.#directory = directory;
    this.mode = mode;
    this.#logger = logger;
  }

  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  url(): string | null {
    return this.#url;
  }

  problem(): string | null {
    return this.#problem;
  }

  died(): number {
    return this.#died;
  }

  check(): void {
    // One that is not built stays so until somebody does something: the API is of use without it.
    if (this.#url === null && this.#problem === null) throw new Error("The UI's process does not run");
  }

  start(): void {
    // Next would end with a stack trace, and be started again for ever.
    if (this.mode === "production" && !existsSync(join(this.#directory, BUILD_MARK))) {
      this.#problem =
        "The web UI is not built. In the repository, `npm start` builds and serves it; the API and the command line work without it.";
      this.#logger.error(this.#problem);
      this.#ready.resolve();
      return;
    }
    const startedAt = performance.now();
    let child: ChildProcess;
    try {
      child = spawnWeb({
        directory: this.#directory,
        mode: this.mode,
        sandbox: this.#sandbox,
        basePath: this.#basePath,
      });
    } catch (error) {
      this.#startAgain(startedAt, { err: error });
      return;
    }
    this.#child = child;
    logLines(child.stdout, (line) => this.#logger.debug({ web: line }, "UI process"));
    logLines(child.stderr, (line) => this.#logger.warn({ web: line }, "UI process"));
    const giveUp = setTimeout(() => killGroup(child), START_LIMIT_MS);
    child.on("message", (message) => {
      if (!isWebProcessMessage(message)) return;
      clearTimeout(giveUp);
      this.#url = `http://127.0.0.1:${message.port}`;
      this.#logger.debug({ url: this.#url, pid: child.pid }, "the UI is served");
      this.#ready.resolve();
    });
    const onEnd = (details: object): void => {
      clearTimeout(giveUp);
      // Compilers that it started may outlive it.
      killGroup(child);
      this.#url = null;
      this.#startAgain(startedAt, details);
    };
    // Not "close", which waits for everybody who inherited its output.
    child.once("exit", (code, signal) => onEnd({ code, signal }));
    child.on("error", (error) => {
      if (child.pid === undefined) onEnd({ err: error });
      else this.#logger.warn({ err: error }, "error in the UI's process");
    });
  }

  #startAgain(startedAt: number, details: object): void {
    if (this.#stopped) return;
    this.#died += 1;
    if (performance.now() - startedAt >= BACKOFF.healthyAfterMs) this.#failures = 0;
    const delayMs = Math.min(BACKOFF.minMs * 2 ** this.#failures, BACKOFF.maxMs);
    this.#failures += 1;
    this.#logger.error({ ...details, delayMs }, "the UI's process ended; restarting it");
    this.#restart = setTimeout(() => this.start(), delayMs);
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    const timer = setTimeout(() => killGroup(child), graceMs);
    await exited;
    clearTimeout(timer);
  }
}

/**
 * In a process group of its own, so that its children end with it; without our environment, so that a hole in the UI's
 * framework finds no keys (CVE-2025-55182).
 */
function spawnWeb({
  directory,
  mode,
  sandbox,
  basePath,
}: Required<Omit<WebOptions, "logger">>): ChildProcess {
  const command = [...(sandbox ?? []), process.execPath, WEB_ENTRY, directory, mode];
  const [program = "", ...rest] = command;
  return spawned(
    spawn(program, rest, {
      cwd: directory,
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: {
        PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
        HOME: findHome(),
        NODE_ENV: mode,
        NEXT_TELEMETRY_DISABLED: "1",
        ...(basePath !== "" && { TRUNKLINE_BASE_PATH: basePath }),
      },
    }),
  );
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // No process of the group is left.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function logLines(stream: Readable | null, log: (line: string) => void): void {
  if (stream === null) return;
  createInterface({ input: stream }).on("line", (line) => {
    if (line.trim() !== "") log(line);
  });
}
