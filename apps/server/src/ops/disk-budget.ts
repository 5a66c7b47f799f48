import { TrunklineError } from "@trunkline/contract";
import type { Logger } from "pino";
import { Measuring } from "./measuring.ts";
import { usedBytes } from "./used-bytes.ts";

export interface DiskBudgetOptions {
  budgetBytes: number;
  /** What counts: the data directory and the shared one. */
  directories: readonly string[];
  logger: Pick<Logger, "info" | "warn" | "error">;
}

export type DiskBudgetState = "ok" | "warning" | "exceeded";

const WARN_AT = 0.8;
/** Between two measurements, in ms; shorter once it becomes scarce. */
const EVERY_MS = 600_000;
const EVERY_MS_WHEN_SCARCE = 60_000;

/** What the data may take on the disk: measured now and then, warned of, and kept by refusing new tasks. */
export class DiskBudget {
  readonly budgetBytes: number;
  readonly #options: DiskBudgetOptions;
  #usedBytes: number | null = null;
  #state: DiskBudgetState = "ok";
  readonly #measuring = new Measuring(
    async (signal) => this.#measure(signal),
    () => (this.#state === "ok" ? EVERY_MS : EVERY_MS_WHEN_SCARCE),
  );

  constructor(options: DiskBudgetOptions) {
    this.#options = options;
    this.budgetBytes = options.budgetBytes;
  }

  /** As measured last; null: not yet. */
  get usedBytes(): number | null {
    return this.#usedBytes;
  }

  get state(): DiskBudgetState {
    return this.#state;
  }

  /** @throws TrunklineError `storage_full` */
  readonly requireRoom = (): void => {
    if (this.#state !== "exceeded") return;
    throw new TrunklineError(
      "storage_full",
      "The server's disk budget is used up, so it takes no new tasks. Delete sessions that you no longer need, or ask its admin " +
        "to make room (trunkline retention, trunkline vacuum) or to raise the budget",
    );
  };

  start(): void {
    this.#measuring.start();
  }

  async stop(): Promise<void> {
    await this.#measuring.stop();
  }

  /** Looks at the disk now. */
  async measure(): Promise<void> {
    await this.#measuring.measure();
  }

  async #measure(signal: AbortSignal): Promise<void> {
    const { directories, logger } = this.#options;
    try {
      this.#usedBytes = await usedBytes(directories, signal);
    } catch (error) {
      if (!signal.aborted) logger.warn({ err: error }, "the disk's use could not be measured");
      return;
    }
    this.#enter(this.#usedBytes / this.budgetBytes);
  }

  #enter(share: number): void {
    const state = share >= 1 ? "exceeded" : share >= WARN_AT ? "warning" : "ok";
    if (state === this.#state) return;
    const { logger } = this.#options;
    const fields = { usedBytes: this.#usedBytes, budgetBytes: this.budgetBytes };
    if (state === "exceeded") logger.error(fields, "the disk budget is used up: new tasks are refused");
    else if (state === "warning") logger.warn(fields, "the disk budget is nearly used up");
    else logger.info(fields, "the disk budget has room again");
    this.#state = state;
  }
}
