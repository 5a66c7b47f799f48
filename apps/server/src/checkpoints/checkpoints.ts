import { existsSync } from "node:fs";
import { mkdir, readdir, statfs } from "node:fs/promises";
import { join } from "node:path";
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
import { requirePath } from "./git-path.ts";
import type { RunGitScript } from "./git-script.ts";
import type { Checkpoints, FilesOfSession, RunFiles, SeqRange } from "./port.ts";
import { checkpointsDirectory } from "./port.ts";
import { createRepository, repositoryExists } from "./private-repository.ts";
import { createReverts } from "./reverts.ts";
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

export function createCheckpoints(deps: CheckpointsDeps): Checkpoints {
  const { store, log, logger } = deps;
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

  const { recover, revert } = createReverts({
    ...deps,
    locks,
    directoryOf,
    open,
    saveBefore: async (session, knownTree) => save(session, "before-revert", knownTree),
  });

  /**
   * Saves and appends outside a task: what a task has written that ended without a run.
   * @param always also what no call has written, such as a process that a command has left behind
   */
  async function settle(session: FilesOfSession, { always = false } = {}): Promise<void> {
    const { sessionId, ownerId } = session;
    await recover(session);
    const newest = await newestCheckpoint(events, session);
    if (newest === undefined) return;
    if (!always && !(await hasWrittenSince(events, sessionId, newest.seq))) return;
    if ((await store.tasks.unfinished({ sessionId })).length > 0) return;
    try {
      await locks.run(sessionId, async () => {
        const event = await save(session, "end", newest.data.tree ?? null);
        if (event === null) return;
        // Of no task: the one that wrote it has ended, and its end is its last event.
        await log.append(sessionId, [{ taskId: null, ...event }], {
          expect: { ownerId, notBusy: true },
        });
      });
    } catch (error) {
      // A task has started, and saves it itself.
      if (error instanceof GuardFailedError) return;
      logger.warn({ err: error, sessionId }, "files could not be saved in a checkpoint");
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
    ofRun(session, attempt): RunFiles {
      return new AttemptFiles({
        events,
        session,
        attempt,
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

    async unshown(session, changed) {
      try {
        const found = await ends(session, {});
        if (found === null) return [];
        const paths = await (await open(session)).unshown(found.to.data.commit, changed);
        // Archived work has no files any more.
        if (paths.length > 0 && existsSync(session.workspace)) await settle(session, { always: true });
        return paths;
      } catch (error) {
        if (error instanceof TrunklineError && error.reason === "not_found") return [];
        throw error;
      }
    },

    settle: async (session) => settle(session),
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
