import { mkdir, readdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  type Changes,
  type Checkpoint,
  type EventBody,
  type FileDiff,
  TrunklineError,
} from "@trunkline/contract";
import type { Logger } from "pino";
import { KeyLock } from "../locks/port.ts";
import type { Log } from "../log/port.ts";
import { GuardFailedError, type Store } from "../store/port.ts";
import { copyRepository } from "./copy-repository.ts";
import { pathBytes } from "./git-path.ts";
import type { RunGitScript } from "./git-script.ts";
import type { Checkpoints, FilesOfSession, RevertRequest, RunFiles, SeqRange } from "./port.ts";
import { checkpointsDirectory, createRepository, repositoryExists } from "./private-repository.ts";
import { type RevertEntry, RevertJournal } from "./revert-journal.ts";
import { AttemptFiles, type Cause } from "./run-files.ts";
import { SessionRepository } from "./session-repository.ts";
import {
  checkpointAt,
  type CheckpointEvent,
  firstCheckpoint,
  hasWrittenSince,
  newestCheckpoint,
} from "./state-at.ts";

export interface CheckpointsDeps {
  store: Pick<Store, "events" | "nodes" | "tasks">;
  log: Pick<Log, "append">;
  /** The directory that all nodes share. */
  sharedDir: string;
  run: RunGitScript;
  /** Object directories that a session's repository may borrow from, such as its project's mirror. */
  borrowsFrom: (sessionId: string) => Promise<readonly string[]>;
  /** Copies a workspace, or one directory of it, to where nothing is yet. */
  copyWorkspace: (from: string, to: string, options?: { only?: string }) => Promise<void>;
  removeDirectory: (path: string) => Promise<void>;
  logger: Pick<Logger, "warn">;
  /** This process. */
  nodeId: string;
}

type CheckpointBody = Extract<EventBody, { type: "checkpoint.created" }>;

/** Bytes of the disk to leave free. */
const FREE_DISK_BYTES = 1_073_741_824;
/** More loose objects are packed, as git itself would (`gc.auto`); and more files of packs become one pack. */
const MAX_LOOSE_OBJECTS = 6_700;
const MAX_PACK_FILES = 60;
const LOOK_AGAIN_MS = 100;

export function createCheckpoints(deps: CheckpointsDeps): Checkpoints {
  const { store, log, logger, nodeId } = deps;
  const { events } = store;
  const locks = new KeyLock();

  const directoryOf = (sessionId: string): string => checkpointsDirectory(deps.sharedDir, sessionId);

  /** @param lender the session that it has its objects from: a fork that is still made has no project yet. */
  async function open(
    { sessionId, workspace }: FilesOfSession,
    lender = sessionId,
  ): Promise<SessionRepository> {
    const borrowed = await deps.borrowsFrom(lender);
    return new SessionRepository(deps.run, { repository: directoryOf(sessionId), borrowed, workspace });
  }

  /** @returns the event, not appended yet; null where the tree is the one that is known. */
  async function save(
    session: FilesOfSession,
    cause: Cause | "before-revert",
    knownTree: string | null,
    signal?: AbortSignal,
  ): Promise<CheckpointBody | null> {
    const directory = directoryOf(session.sessionId);
    await mkdir(session.workspace, { recursive: true, mode: 0o700 });
    await requireFreeDisk(session.workspace);
    if (!(await repositoryExists(directory))) {
      await createRepository(directory, await deps.borrowsFrom(session.sessionId));
    }
    const repository = await open(session);
    const { tree, commit, omitted } = await repository.save(knownTree, `Checkpoint: ${cause}`, signal);
    if (await needsTidying(directory)) await repository.tidy(signal);
    if (commit === null) return null;
    const data = { commit, tree, cause, ...(omitted.length > 0 && { omitted }) };
    return { type: "checkpoint.created", data };
  }

  /** Saves and appends outside a task: what a task has written that ended without a run. */
  async function settle(session: FilesOfSession): Promise<void> {
    const { sessionId, ownerId } = session;
    await recover(session);
    const newest = await newestCheckpoint(events, session);
    if (newest === undefined || !(await hasWrittenSince(events, sessionId, newest.seq))) return;
    if ((await store.tasks.unfinished({ sessionId })).length > 0) return;
    try {
      await locks.run(sessionId, async () => {
        const event = await save(session, "end", newest.data.tree ?? null);
        if (event === null) return;
        await log.append(sessionId, [{ taskId: newest.taskId, ...event }], {
          expect: { ownerId, notBusy: true },
        });
      });
    } catch (error) {
      // A task has started, and saves it itself.
      if (error instanceof GuardFailedError) return;
      logger.warn({ err: error, sessionId }, "files could not be saved in a checkpoint");
    }
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
    const { sessionId, ownerId } = session;
    const last = await events.last(sessionId, ["workspace.reverted"]);
    if (last?.data.commit !== entry.commit) {
      const drafts = await (await open(session)).restore(entry.commit, null).then(
        () => revertedEvents(entry),
        (error: unknown): EventBody[] => {
          logger.warn({ err: error, sessionId }, "a revert that was cut off could not be completed");
          const message = `A revert to event ${entry.toSeq} was cut off and could not be completed. Revert again.`;
          return [{ type: "notice", data: { level: "warning", message } }];
        },
      );
      await log.append(
        sessionId,
        drafts.map((event) => ({ taskId: null, ...event })),
        { expect: { ownerId } },
      );
    }
    await journal.remove();
  }

  async function revert(session: FilesOfSession, { toSeq, paths, by }: RevertRequest): Promise<void> {
    const { sessionId, ownerId } = session;
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
      const saved = await save(session, "before-revert", known?.data.tree ?? null);
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
    async function append(_: FilesOfSession, drafts: readonly EventBody[]): Promise<void> {
      await log.append(
        sessionId,
        drafts.map((event) => ({ taskId: null, ...event })),
        { expect: { ownerId } },
      );
    }
  }

  /** The two checkpoints that a range compares; null where none is kept. */
  async function ends(
    session: FilesOfSession,
    { fromSeq, toSeq }: SeqRange,
  ): Promise<{ from: CheckpointEvent; to: CheckpointEvent } | null> {
    await settle(session);
    const first = await firstCheckpoint(events, session);
    if (first === undefined) return null;
    if (!(await repositoryExists(directoryOf(session.sessionId)))) {
      throw new TrunklineError(
        "not_found",
        "The checkpoints of this session are not on this server any more",
      );
    }
    const at = async (seq: number) => (await checkpointAt(events, session, seq)) ?? first;
    const from = fromSeq === undefined ? first : await at(fromSeq);
    const to = toSeq === undefined ? ((await newestCheckpoint(events, session)) ?? first) : await at(toSeq);
    return { from, to };
  }

  return {
    ofRun(session): RunFiles {
      return new AttemptFiles({
        events,
        session,
        recover: async () => recover(session),
        save: async (cause, knownTree) =>
          locks.run(session.sessionId, async () => save(session, cause, knownTree)),
        onFailure: (error) =>
          logger.warn(
            { err: error, sessionId: session.sessionId },
            "files could not be saved in a checkpoint",
          ),
      });
    },

    async page(session, before, limit) {
      const items: Checkpoint[] = [];
      for (let seq = before; items.length < limit;) {
        const event = await events.last(session.sessionId, ["checkpoint.created"], seq);
        if (event === undefined || event.seq <= session.importedSeq) break;
        items.push(toCheckpoint(event));
        ({ seq } = event);
      }
      return items;
    },

    async changes(session, range): Promise<Changes> {
      const found = await ends(session, range);
      const commits = commitsOf(found);
      if (found === null || isSame(found)) {
        return { files: [], truncated: false, additions: 0, deletions: 0, ...commits };
      }
      const repository = await open(session);
      const { files, truncated } = await repository.changes(found.from.data.commit, found.to.data.commit);
      const sum = (of: "additions" | "deletions"): number =>
        files.reduce((total, file) => total + (file[of] ?? 0), 0);
      return { files, truncated, additions: sum("additions"), deletions: sum("deletions"), ...commits };
    },

    async diff(session, { paths, ...range }): Promise<FileDiff> {
      const targets = paths.map(requirePath);
      const found = await ends(session, range);
      const commits = commitsOf(found);
      if (found === null || isSame(found)) return { diff: "", truncated: false, ...commits };
      const repository = await open(session);
      return {
        ...(await repository.diff(found.from.data.commit, found.to.data.commit, targets)),
        ...commits,
      };
    },

    revert,

    async fork(parent, { sessionId, workspace, atSeq }) {
      await settle(parent);
      const found = await checkpointAt(events, parent, atSeq);
      const newest = await newestCheckpoint(events, parent);
      const isBusy = (await store.tasks.active(parent.sessionId)) !== undefined;
      const directory = directoryOf(parent.sessionId);
      if (found === undefined || !(await repositoryExists(directory))) {
        await deps.copyWorkspace(parent.workspace, workspace);
        return;
      }
      await locks.run(parent.sessionId, async () => copyRepository(directory, directoryOf(sessionId)));
      if (found.seq === newest?.seq && !isBusy) {
        // As they are now, ignored files too.
        await deps.copyWorkspace(parent.workspace, workspace);
        return;
      }
      await deps.copyWorkspace(parent.workspace, workspace, { only: ".git" });
      await mkdir(workspace, { recursive: true, mode: 0o700 });
      const session = { sessionId, ownerId: parent.ownerId, workspace, importedSeq: parent.importedSeq };
      await (await open(session, parent.sessionId)).restore(found.data.commit, null);
    },

    async remove(sessionId) {
      await deps.removeDirectory(directoryOf(sessionId));
    },
  };
}

function revertedEvents({ commit, tree, toSeq, paths, by }: RevertEntry): EventBody[] {
  return [
    // First, so that the files after either event are these.
    { type: "checkpoint.created", data: { commit, tree, cause: "revert" } },
    { type: "workspace.reverted", data: { toSeq, commit, ...(paths && { paths }), by } },
  ];
}

function toCheckpoint({ seq, at, taskId, data }: CheckpointEvent): Checkpoint {
  const { commit, tree = null, cause = null, omitted = [] } = data;
  return { seq, at, taskId, commit, tree, cause, omitted };
}

function commitsOf(ends: { from: CheckpointEvent; to: CheckpointEvent } | null) {
  return { fromCommit: ends?.from.data.commit ?? null, toCommit: ends?.to.data.commit ?? null };
}

function isSame({ from, to }: { from: CheckpointEvent; to: CheckpointEvent }): boolean {
  return from.data.commit === to.data.commit;
}

function requirePath(path: string): Buffer {
  const bytes = pathBytes(path);
  if (bytes !== null) return bytes;
  throw new TrunklineError(
    "validation_failed",
    `${path} is not a path within the workspace, as in session.changes`,
  );
}

async function requireIdle({ tasks }: Pick<Store, "tasks">, sessionId: string): Promise<void> {
  if ((await tasks.unfinished({ sessionId })).length === 0) return;
  throw new TrunklineError(
    "session_busy",
    `Session ${sessionId} has an unfinished task; wait for it, or cancel it, then revert`,
  );
}

async function requireFreeDisk(directory: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize >= FREE_DISK_BYTES) return;
  throw new TrunklineError("storage_full", "Less than 1 GiB of the disk is free");
}

/** Objects are spread evenly over 256 directories by their hash, of which one is counted. */
async function needsTidying(directory: string): Promise<boolean> {
  const [loose, packs] = await Promise.all(
    ["17", "pack"].map((name) => readdir(join(directory, "objects", name)).catch(() => [])),
  );
  return (loose?.length ?? 0) * 256 > MAX_LOOSE_OBJECTS || (packs?.length ?? 0) > MAX_PACK_FILES;
}
