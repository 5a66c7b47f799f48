import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import type { WholeBackupOptions, WholeBackupSummary } from "./backup-everything.ts";
import { readManifest } from "./manifest.ts";
import { removeAbandoned } from "./unfinished.ts";
import { spawned } from "../../spawned.ts";

export interface ScheduledBackupsOptions {
  /** Where they go. */
  directory: string;
  everyMs: number;
  /** How many are kept. */
  keep: number;
  of: Omit<WholeBackupOptions, "onProgress">;
  logger: Pick<Logger, "info" | "error">;
  now: () => number;
}

const PROGRAM = fileURLToPath(new URL("./backup-process.ts", import.meta.url));

/** How often to look whether one is due, in ms: also how soon a failed one is tried again. */
const LOOK_EVERY_MS = 60_000;
/** After a failure, in ms. */
const RETRY_MS = 3_600_000;
/** Ours, and nobody else's. */
const NAME = /^trunkline-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/;
const PARTIAL = /^trunkline-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.partial-$/;

/** Backups of everything, again and again; the oldest go. What is due follows from what is there, so a restart changes nothing. */
export class ScheduledBackups {
  readonly #options: ScheduledBackupsOptions;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #child: ChildProcess | undefined;
  #failedAt: number | undefined;

  constructor(options: ScheduledBackupsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
    void this.look();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#child?.kill("SIGKILL");
    await this.#working;
  }

  /** Makes one if it is due. */
  async look(): Promise<void> {
    this.#working ??= this.#backUpIfDue().finally(() => {
      this.#working = undefined;
    });
    return this.#working;
  }

  async #backUpIfDue(): Promise<void> {
    const { directory, everyMs, keep, logger, now } = this.#options;
    if (this.#failedAt !== undefined && Math.abs(now() - this.#failedAt) < RETRY_MS) return;
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      // Each has a name of its own, so that no later one would take the place of what a stop cut off.
      await removeAbandoned(directory, (prefix) => PARTIAL.test(prefix));
      // One from far ahead was made while the clock was wrong: it says nothing of when the next is due.
      const last = (await this.#whole()).find(({ createdAt }) => createdAt - now() < everyMs);
      if (last !== undefined && now() - last.createdAt < everyMs) return;
      const stamp = new Date(now()).toISOString().replaceAll(":", "-").replace(/\.\d+/, "");
      const made = join(directory, `trunkline-${stamp}`);
      const summary = await this.#backUp(made);
      this.#failedAt = undefined;
      logger.info(summary, "everything was backed up");
      const others = (await this.#whole()).filter(({ path }) => path !== made);
      for (const old of others.slice(keep - 1)) await rm(old.path, { recursive: true });
    } catch (error) {
      this.#failedAt = now();
      logger.error({ err: error, directory }, "the scheduled backup failed; the next try is in an hour");
    }
  }

  /** Newest first. */
  async #whole(): Promise<{ path: string; createdAt: number }[]> {
    const { directory } = this.#options;
    const found = [];
    for (const name of await readdir(directory)) {
      if (!NAME.test(name)) continue;
      const path = join(directory, name);
      const manifest = await readManifest(path).catch(() => null);
      if (manifest !== null) found.push({ path, createdAt: manifest.createdAt });
    }
    return found.toSorted((a, b) => b.createdAt - a.createdAt);
  }

  async #backUp(directory: string): Promise<WholeBackupSummary> {
    // No key of ours: the address of PostgreSQL is sent.
    const child = spawned(
      fork(PROGRAM, [], { env: {}, execArgv: [], stdio: ["ignore", "ignore", "ignore", "ipc"] }),
    );
    this.#child = child;
    try {
      const replied = once(child, "message") as Promise<
        [{ summary: WholeBackupSummary } | { error: string }]
      >;
      const ended = once(child, "exit").then(() => {
        throw new Error("The backup's process ended before it was done");
      });
      ended.catch(() => undefined);
      child.send({ directory, options: this.#options.of });
      const [reply] = await Promise.race([replied, ended]);
      if ("error" in reply) throw new Error(reply.error);
      return reply.summary;
    } finally {
      this.#child = undefined;
    }
  }
}
