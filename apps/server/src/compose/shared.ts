import { TrunklineError } from "@trunkline/contract";
import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { prepareDataDir } from "../data-dir/data-dir.ts";
import { pageInTurn } from "../dispatch/pg-boss/page-in-turn.ts";
import { PgBossDispatcher } from "../dispatch/pg-boss/pg-boss-dispatcher.ts";
import type { Dispatcher } from "../dispatch/port.ts";
import type { Hints } from "../hints/port.ts";
import { removeAbandonedRestores } from "../store/backup/abandoned-restores.ts";
import { followMove } from "../store/backup/follow-move.ts";
import { SharedDirectory } from "../data-dir/shared-directory.ts";
import type { StartableSession, Store } from "../store/port.ts";

/**
 * The directory of what is too large for the store, at the place where it is now.
 * @returns null where this process has the store to itself, and so its directory. @throws SharedDirectoryError
 */
export async function openSharedDirectory(config: Config, { sharedDirectory: store }: Store, logger: Logger) {
  const { dataDir, sharedDir: directory, node: name } = config;
  await removeAbandonedRestores(dataDir, directory);
  if (store === null) {
    await followMove(directory, logger);
    return null;
  }
  await prepareDataDir(directory, "TRUNKLINE_SHARED_DIR");
  const shared = await SharedDirectory.open({ store, directory, name, logger });
  await followMove(directory, logger);
  return shared;
}

/** @returns what throws TrunklineError `unavailable` while the directory is not the one that all nodes have: a lost mount is empty. */
export function filesInReach(shared: Pick<SharedDirectory, "check"> | null): () => void {
  return () => {
    try {
      shared?.check();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new TrunklineError("unavailable", `The sessions' files are out of reach: ${why}`, { cause });
    }
  };
}

/** The queue is closed with the dispatcher, which the runner stops. */
export async function openSharedDispatcher(
  url: string,
  options: { config: Config; store: Store; hints: Hints; isShared: () => boolean; logger: Logger },
): Promise<Dispatcher> {
  const { config, store, hints, isShared, logger } = options;
  // Its library is a part of the start that a server without other nodes can do without.
  const { SessionQueue } = await import("../dispatch/pg-boss/session-queue.ts");
  const dispatcher = new PgBossDispatcher({
    queue: await SessionQueue.open({ url, node: config.node, logger }),
    concurrency: config.concurrency,
    isShared,
    announce: () => hints.announce({ type: "work-waiting" }),
    startable: pageInTurn<StartableSession>((page) => store.tasks.startable(page)),
    logger,
  });
  hints.follow(({ type }) => {
    if (type === "work-waiting" || type === "missed") dispatcher.look();
  });
  return dispatcher;
}
