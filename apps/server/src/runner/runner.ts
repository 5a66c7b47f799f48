import assert from "node:assert";
import { setTimeout as delay } from "node:timers/promises";
import { isTerminalTaskState } from "@trunkline/contract";
import type { Logger } from "pino";
import type { Dispatcher } from "../dispatch/port.ts";
import { GuardFailedError, type Store, StoreUnavailableError, UniqueViolationError } from "../store/port.ts";
import { type AttemptDeps, runAttempt } from "./attempt.ts";
import type { CancelRequest, Runner } from "./port.ts";
import {
  claimUnit,
  type QueueHead,
  readQueueHead,
  sessionsWithQueuedTasks,
  type TaskRow,
} from "./queue-head.ts";
import { endInPlaceOfOwner, recoverOrphans } from "./recovery.ts";
import { OpenItems } from "./open-items.ts";
import { LogSink } from "./run-sink.ts";
import { CanceledSignal, ShutdownSignal } from "./stop-signal.ts";
import { type Ending, endingUnit } from "./task-endings.ts";

export interface RunnerDeps extends AttemptDeps {
  store: Store;
  dispatcher: Dispatcher;
  logger: Logger;
  /** Integer ms since the epoch. */
  now: () => number;
  /** Name under which this process claims tasks. */
  node: string;
}

interface Run {
  controller: AbortController;
  ended: Promise<void>;
}

/** How long to wait before trying again to commit a start or an ending that found the disk full, in ms. */
const FULL_DISK_RETRY_MS = 1_000;

export function createRunner(deps: RunnerDeps): Runner {
  const { store, log, approvals, dispatcher, logger, now } = deps;
  /** What this process runs, by task id. */
  const runs = new Map<string, Run>();
  let stopping = false;

  /** Runs the session's next task, if there is one. @returns whether the session has more to do. */
  async function serveSession(sessionId: string): Promise<boolean> {
    try {
      if (stopping) return false;
      const head = await readQueueHead(store.db, sessionId);
      if (head === undefined) return false;
      await holdRun(head);
      // Whether there is more is what the next round finds out.
      return !stopping;
    } catch (error) {
      if (!isFullDisk(error)) {
        logger.error({ err: error, sessionId }, "serving a session failed");
        return false;
      }
      logger.warn({ sessionId }, "the disk is full: the session's next task waits for room");
      await delay(FULL_DISK_RETRY_MS);
      return !stopping;
    }
  }

  /** Makes the run known before it is claimed, so that a cancel always finds either a queued task or its run. */
  async function holdRun(head: QueueHead): Promise<void> {
    const { id } = head.task;
    const controller = new AbortController();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    runs.set(id, { controller, ended });
    try {
      await claimAndRun(head, controller.signal);
    } finally {
      runs.delete(id);
      resolve();
    }
  }

  async function claimAndRun({ task, session }: QueueHead, signal: AbortSignal): Promise<void> {
    const startedSeq = await claim(task);
    if (startedSeq === null) return;
    const claimed = { ...task, attempt: task.attempt + 1 };
    const context = { sessionId: task.session_id, taskId: task.id, attempt: claimed.attempt };
    logger.info(context, "task started");
    const sink = new LogSink({ log, holder: context, startedSeq, now });
    const ending = await runAttempt(deps, { task: claimed, session, sink, signal });
    if (ending === null) return;
    await end(context, sink.open, ending, task.owner_id);
    logger.info({ ...context, ending: ending.type }, "task ended");
  }

  /** @returns the seq of `task.started` or `task.resumed`, or null where somebody else was faster. */
  async function claim(task: TaskRow): Promise<number | null> {
    try {
      const [started] = await log.append(claimUnit(store.db, task, deps.node, now()));
      assert(started !== undefined);
      return started.seq;
    } catch (error) {
      if (error instanceof GuardFailedError || error instanceof UniqueViolationError) return null;
      throw error;
    }
  }

  /** Commits how the run ended, or what it waits for, however long a full disk takes; a task that has ended otherwise stays as it is. */
  async function end(
    holder: { sessionId: string; taskId: string; attempt: number },
    open: OpenItems,
    ending: Ending,
    ownerId: string,
  ): Promise<void> {
    const task = { id: holder.taskId, session_id: holder.sessionId, owner_id: ownerId };
    for (;;) {
      try {
        const waits = ending.type === "input-required";
        const more = waits ? approvals.requestParts(task, ending.approvals) : {};
        await log.append(endingUnit(store.db, holder, open, ending, now(), more));
        if (waits) approvals.requested();
        return;
      } catch (error) {
        if (error instanceof GuardFailedError) return;
        if (!isFullDisk(error) || stopping) throw error;
        logger.warn({ ...holder }, "the disk is full: the end of the task waits for room");
        await delay(FULL_DISK_RETRY_MS);
      }
    }
  }

  async function readTask(taskId: string): Promise<TaskRow | undefined> {
    return store.db.selectFrom("tasks").selectAll().where("id", "=", taskId).executeTakeFirst();
  }

  /** @returns false where the task's state changed under the attempt, which is then to be made again. */
  async function tryCancel(task: TaskRow, request: CancelRequest, waitMs: number): Promise<boolean> {
    if (isTerminalTaskState(task.state)) return true;
    const holder = { sessionId: task.session_id, taskId: task.id, attempt: task.attempt };
    const run = runs.get(task.id);
    if (task.state === "submitted" && run === undefined) {
      const ending: Ending = { type: "canceled", request };
      return refusable(log.append(endingUnit(store.db, holder, new OpenItems(), ending, now())));
    }
    if (run === undefined) {
      const ending: Ending = { type: "canceled", request };
      const ended = await refusable(endInPlaceOfOwner({ store, approvals, log, now }, task, ending));
      // It occupied the session while nobody ran it: what is queued behind it has its turn.
      if (ended) dispatcher.ring({ sessionId: task.session_id, ownerId: task.owner_id });
      return ended;
    }
    // On record first, so that a crash between here and the end of the run still ends the task.
    if (task.cancel_requested_at === null) {
      const { sql, parameters } = store.db
        .updateTable("tasks")
        .set({ cancel_requested_at: now() })
        .where("id", "=", task.id)
        .compile();
      await store.write([{ sql, parameters }], { mayUseBallast: true });
    }
    run.controller.abort(new CanceledSignal(request));
    const timedOut = Symbol("timed out");
    const first = await Promise.race([run.ended, delay(waitMs, timedOut, { ref: false })]);
    if (first === timedOut) return true;
    const after = await readTask(task.id);
    return after === undefined || isTerminalTaskState(after.state);
  }

  return {
    async start() {
      const recovered = await recoverOrphans({ store, approvals, log, now });
      if (recovered > 0) logger.warn({ tasks: recovered }, "tasks of an earlier process were taken up");
      dispatcher.start(serveSession);
      for (const bell of await sessionsWithQueuedTasks(store.db)) dispatcher.ring(bell);
    },

    ring: (bell) => dispatcher.ring(bell),

    async cancel(taskId, request, waitMs) {
      for (let tries = 0; tries < 10; tries++) {
        const task = await readTask(taskId);
        if (task === undefined || (await tryCancel(task, request, waitMs))) return;
      }
      throw new Error(`task ${taskId} changed its state ten times while it was being canceled`);
    },

    async stop() {
      stopping = true;
      for (const { controller } of runs.values())
        controller.abort(new ShutdownSignal("the server shuts down"));
      await dispatcher.stop();
    },
  };
}

function isFullDisk(error: unknown): boolean {
  return error instanceof StoreUnavailableError && error.reason === "storage_full";
}

/** @returns false where the guard refused the commit. */
async function refusable(commit: Promise<unknown>): Promise<boolean> {
  try {
    await commit;
    return true;
  } catch (error) {
    if (error instanceof GuardFailedError) return false;
    throw error;
  }
}
