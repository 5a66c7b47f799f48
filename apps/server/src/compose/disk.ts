import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import type { DiskSettings } from "../config-file/port.ts";
import type { Lifecycle } from "../lifecycle.ts";
import { DiskBudget } from "../ops/disk-budget.ts";
import { DiskShares } from "../ops/disk-shares.ts";
import { usedBytesWithin } from "../ops/used-bytes.ts";
import type { Store } from "../store/port.ts";
import { readerOfAll } from "../tools/sandbox/disk-usage.ts";
import { DEFAULT_LIMITS } from "../tools/sandbox/limits.ts";
import { findProgram } from "../tools/sandbox/find-program.ts";

/** How much of the disk all may take together, and each user. */
export async function composeDisk(
  { budgetBytes, userBytes }: DiskSettings,
  of: {
    config: Config;
    store: Pick<Store, "sessions" | "projects">;
    isShared: () => boolean;
    lifecycle: Lifecycle;
    logger: Logger;
  },
) {
  const { config, store, isShared, lifecycle, logger } = of;
  const budget =
    budgetBytes === undefined
      ? null
      : new DiskBudget({ budgetBytes, directories: [config.dataDir, config.sharedDir], logger });
  const reader = await closedReader(config.toolEnvironment["PATH"] ?? "");
  const shares = new DiskShares({
    directory: config.sharedDir,
    userBytes: userBytes ?? null,
    reservedBytes: DEFAULT_LIMITS.freeDiskBytes,
    isShared,
    ownersOf: async (kind, ids) => (kind === "session" ? store.sessions : store.projects).ownersOf(ids),
    usedBytesWithin: async (directories, signal) => usedBytesWithin(directories, signal, reader),
    logger,
  });
  lifecycle.started("disk", async () => void (await Promise.all([budget?.stop(), shares.stop()])));
  budget?.start();
  shares.start();
  return {
    /** Null: all may take what the disk holds. */
    budget,
    /** Whether the operator has set a limit. */
    hasLimit: budgetBytes !== undefined || userBytes !== undefined,
    noteUse: shares.note,
    /** Throws where this user's take more than their share. */
    requireShare: shares.requireRoom,
    /** Throws where this user's may take no more. */
    requireRoom(userId: string): void {
      budget?.requireRoom();
      shares.requireRoom(userId);
    },
  };
}

/** What runs a program that may read what a task has closed to this user; empty: it is the user itself. */
async function closedReader(path: string): Promise<string[]> {
  const bwrap = await findProgram("bwrap", path);
  return bwrap === null ? [] : readerOfAll(bwrap);
}
