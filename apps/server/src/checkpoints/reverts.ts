import { setTimeout as wait } from "node:timers/promises";
import { type EventBody, TrunklineError } from "@trunkline/contract";
import type { Logger } from "pino";
import type { KeyLock } from "../locks/port.ts";
import type { Log } from "../log/port.ts";
import type { Store } from "../store/port.ts";
import { requirePath } from "./git-path.ts";
import type { FilesOfSession, RevertRequest } from "./port.ts";
import { type RevertEntry, RevertJournal } from "./revert-journal.ts";
import type { SessionRepository } from "./session-repository.ts";
import { checkpointAt, newestCheckpoint } from "./state-at.ts";

export interface RevertsDeps {
  store: Pick<Store, "events" | "nodes" | "tasks">;
  log: Pick<Log, "append">;
  logger: Pick<Logger, "warn">;
  /** This process. */
  nodeId: string;
  /** One at a time works with a session's files. */
  locks: KeyLock;
  /** Of a session's private repository. */
  directoryOf: (sessionId: string) => string;
  open: (session: FilesOfSession) => Promise<SessionRepository>;
  /** What a revert overwrites: it can be reverted. Null where the tree is the one that is known. */
  saveBefore: (
    session: FilesOfSession,
    knownTree: string | null,
  ) => Promise<Extract<EventBody, { type: "checkpoint.created" }> | null>;
}

const LOOK_AGAIN_MS = 100;

/** Gives a session's workspace the files of an earlier event. A journal says what is to be completed after a kill. */
export function createReverts(deps: RevertsDeps) {
  const { store, log, logger, nodeId, locks, directoryOf, open, saveBefore } = deps;
  const { events } = store;

  async function append({ sessionId, ownerId }: FilesOfSession, drafts: readonly EventBody[]): Promise<void> {
    await log.append(
      sessionId,
      drafts.map((event) => ({ taskId: null, ...event })),
      { expect: { ownerId } },
    );
  }

  /** Completes a revert whose process died. Waits for one that another node is working at. */
  async function recover(session: FilesOfSession): Promise<void> {
    const journal = new RevertJournal(directoryOf(session.sessionId));
    for (;;) {
      const seen = await journal.read();
      if (seen === null) return;
      if (seen.nodeId === nodeId || !(await store.nodes.isLive(seen.nodeId))) break;
      await wait(LOOK_AGAIN_MS);
    }
    await locks.run(session.sessionId, async () => {
      const entry = await journal.read();
      if (entry !== null) await finish(session, journal, entry);
    });
  }

  async function finish(session: FilesOfSession, journal: RevertJournal, entry: RevertEntry): Promise<void> {
    const { sessionId } = session;
    const last = await events.last(sessionId, ["workspace.reverted"]);
    if (last?.data.commit !== entry.commit) {
      const drafts = await complete(session, entry).catch((error: unknown): EventBody[] => {
        logger.warn({ err: error, sessionId }, "a revert that was cut off could not be completed");
        const message = `A revert to event ${entry.toSeq} was cut off and could not be completed. Revert again.`;
        return [{ type: "notice", data: { level: "warning", message } }];
      });
      await append(session, drafts);
    }
    await journal.remove();
  }

  /** Files may have been changed since it was cut off, by people where the session works in place. */
  async function complete(session: FilesOfSession, entry: RevertEntry): Promise<EventBody[]> {
    const known = await newestCheckpoint(events, session);
    const saved = await saveBefore(session, known?.data.tree ?? null);
    if (saved !== null) await append(session, [saved]);
    const before = saved?.data.commit ?? known?.data.commit ?? null;
    const inTheWay = await (await open(session)).restore(entry.commit, before);
    if (inTheWay.length > 0)
      throw new Error(`${inTheWay.length} files that no checkpoint has are in the way`);
    return revertedEvents(entry);
  }

  async function revert(session: FilesOfSession, { toSeq, paths, by }: RevertRequest): Promise<void> {
    const { sessionId } = session;
    const targets = (paths ?? []).map(requirePath);
    await requireIdle(store, sessionId);
    await recover(session);
    await locks.run(sessionId, async () => {
      const earlier = await checkpointAt(events, session, toSeq);
      if (earlier === undefined) {
        throw new TrunklineError(
          "not_found",
          `No checkpoint has the files as they were after event ${toSeq}`,
        );
      }
      const known = await newestCheckpoint(events, session);
      const saved = await saveBefore(session, known?.data.tree ?? null);
      if (saved !== null) await append(session, [saved]);
      const newest = saved?.data ?? known?.data;
      const repository = await open(session);
      const commit = newest?.commit ?? earlier.data.commit;
      const target = await repository.target(
        commit,
        earlier.data.commit,
        `Revert to event ${toSeq}`,
        targets,
      );
      if (target === null) {
        throw new TrunklineError(
          "not_found",
          `Neither now nor after event ${toSeq} is there ${paths?.join(", ")}`,
        );
      }
      if (target.tree === newest?.tree) return;
      const journal = new RevertJournal(directoryOf(sessionId));
      const entry: RevertEntry = { nodeId, ...target, toSeq, ...(paths && { paths: [...paths] }), by };
      await journal.write(entry);
      // Whoever starts a task now finds the journal, and waits; whoever had started before is found here.
      const inTheWay = await requireIdle(store, sessionId)
        .then(() => repository.restore(target.commit, commit))
        .catch(async (error: unknown) => {
          // Nothing has changed yet, or it goes back.
          if (!(error instanceof TrunklineError)) await repository.restore(commit, null);
          await journal.remove();
          throw error;
        });
      if (inTheWay.length > 0) {
        await journal.remove();
        throw new TrunklineError(
          "validation_failed",
          `No checkpoint has ${inTheWay.slice(0, 5).join(", ")} (ignored, unreadable or over 100 MiB), and the revert ` +
            "would overwrite it: rename it first, or revert other paths",
        );
      }
      await append(session, revertedEvents(entry));
      await journal.remove();
    });
  }

  return { recover, revert };
}

function revertedEvents({ commit, tree, toSeq, paths, by }: RevertEntry): EventBody[] {
  return [
    // First, so that the files after either event are these.
    { type: "checkpoint.created", data: { commit, tree, cause: "revert" } },
    { type: "workspace.reverted", data: { toSeq, commit, ...(paths && { paths }), by } },
  ];
}

async function requireIdle({ tasks }: Pick<Store, "tasks">, sessionId: string): Promise<void> {
  if ((await tasks.unfinished({ sessionId })).length === 0) return;
  throw new TrunklineError(
    "session_busy",
    `Session ${sessionId} has an unfinished task; wait for it, or cancel it, then revert`,
  );
}
