import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import type { WholeBackupOptions, WholeBackupSummary } from "./backup-everything.ts";
import { BackupPlace } from "./backup-place.ts";
import { removeAbandoned } from "./unfinished.ts";
import { spawned } from "../../common/spawned.ts";

export interface ScheduledBackupsOptions {
  /** Where they go. */
  directory: string;
  everyMs: number;
  /** How many are kept. */
  keep: number;
  of: Omit<WholeBackupOptions, "onProgress" | "installation">;
  logger: Pick<Logger, "info" | "error">;
  now: () => number;
}

const PROGRAM = fileURLToPath(new URL("./backup-process.ts", import.meta.url));

/** How often to look whether one is due, in ms: also how soon a failed one is tried again. */
const LOOK_EVERY_MS = 60_000;
/** After a failure, in ms. */
const RETRY_MS = 3_600_000;

/**
 * Backups of everything, again and again; the oldest go. What is due follows from what is there, so a restart changes nothing.
 * Those of other servers that use the same directory are theirs.
 */
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
    const { directory, everyMs, keep, of, logger, now } = this.#options;
    if (this.#failedAt !== undefined && Math.abs(now() - this.#failedAt) < RETRY_MS) return;
    try {
      const place = await BackupPlace.open({ directory, sharedDir: of.sharedDir });
      const own = await place.own();
      // Each has a name of its own, so that no later one would take the place of what a stop cut off.
      await removeAbandoned(directory, (prefix) => place.isPartial(prefix));
      // One from far ahead was made while the clock was wrong: it says nothing of when the next is due.
      const last = own.find(({ createdAt }) => createdAt - now() < everyMs);
      if (last !== undefined && now() - last.createdAt < everyMs) return;
      const made = place.pathOf(now());
      const summary = await this.#backUp(made, place.installation);
      this.#failedAt = undefined;
      logger.info(summary, "everything was backed up");
      const others = (await place.own()).filter(({ path }) => path !== made);
      for (const old of others.slice(keep - 1)) await rm(old.path, { recursive: true });
    } catch (error) {
      this.#failedAt = now();
      logger.error({ err: error, directory }, "the scheduled backup failed; the next try is in an hour");
    }
  }

  async #backUp(directory: string, installation: string): Promise<WholeBackupSummary> {
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
      child.send({ directory, options: { ...this.#options.of, installation } });
      const [reply] = await Promise.race([replied, ended]);
      if ("error" in reply) throw new Error(reply.error);
      return reply.summary;
    } finally {
      this.#child = undefined;
    }
  }
}
