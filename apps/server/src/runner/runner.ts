import assert from "node:assert";
import { setTimeout as delay } from "node:timers/promises";
import { isTerminalTaskState, OpenItems } from "@trunkline/contract";
import type { Logger } from "pino";
import { v7 as uuidv7 } from "uuid";
import type { Dispatcher } from "../dispatch/port.ts";
import {
  GuardFailedError,
  type QueueHead,
  type Store,
  type StoredTask,
  StoreUnavailableError,
  UniqueViolationError,
} from "../store/port.ts";
import type { Log } from "../log/port.ts";
import { type AttemptDeps, runAttempt } from "./attempt.ts";
import { Lease } from "./lease.ts";
import type { CancelRequest, Runner } from "./port.ts";
import { endInPlaceOfOwner, recoverOrphans } from "./recovery.ts";
import { LogSink } from "./run-sink.ts";
import { CanceledSignal, ShutdownSignal } from "./stop-signal.ts";
import { type Ending, endingAppend } from "./task-endings.ts";

export interface RunnerDeps extends AttemptDeps {
  store: Store;
  log: Log;
  dispatcher: Dispatcher;
  logger: Logger;
  /** Integer ms since the epoch. */
  now: () => number;
  /** What people call this process; each start has an id of its own. */
  node: string;
}

interface Run {
  controller: AbortController;
  ended: Promise<void>;
}

/** How often to look for what others left behind, and for limits that are over, in ms. */
const SWEEP_MS = 1_000;
/** How long to wait before trying again to commit a start or an ending that found the disk full, in ms. */
const FULL_DISK_RETRY_MS = 1_000;

export function createRunner(deps: RunnerDeps): Runner {
  const { store, log, approvals, dispatcher, logger, now } = deps;
  /** What this process runs, by task id. */
  const runs = new Map<string, Run>();
  let stopping = false;
  const nodeId = uuidv7();
  const lease = new Lease({
    nodes: store.nodes,
    isExclusive: store.isExclusive,
    id: nodeId,
    name: deps.node,
    now,
    logger,
    onLost() {
      logger.error("this node's lease is over: its tasks go on elsewhere");
      abortAll();
    },
  });
  let sweeps: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> | undefined;

  function abortAll(): void {
    for (const { controller } of runs.values()) {
      controller.abort(new ShutdownSignal("the server shuts down"));
    }
  }

  /** Takes up what no node holds any more, and rings for limits that are over. */
  async function sweep(): Promise<void> {
    const recovered = await recoverOrphans({ store, log, now }, ({ id }) => runs.has(id));
    if (recovered.length > 0) {
      logger.warn({ tasks: recovered.length }, "tasks of a node that is gone were taken up");
    }
    for (const { sessionId, ownerId } of recovered) dispatcher.ring({ sessionId, ownerId });
    for (const bell of await store.tasks.resumable(now())) dispatcher.ring(bell);
  }

  function sweepOnce(): void {
    sweeping ??= sweep()
      .catch((error: unknown) => logger.warn({ err: error }, "looking for abandoned tasks failed"))
      .finally(() => {
        sweeping = undefined;
      });
  }

  /** Runs the session's next task, if there is one. @returns whether the session has more to do. */
  async function serveSession(sessionId: string): Promise<boolean> {
    try {
      if (stopping) return false;
      const head = await store.tasks.head(sessionId, now());
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
    const context = { sessionId: task.sessionId, taskId: task.id, attempt: claimed.attempt };
    logger.info(context, "task started");
    const sink = new LogSink({ log, holder: context, startedSeq, now });
    const ending = await runAttempt(deps, { task: claimed, session, sink, signal });
    if (ending === null) return;
    await end(context, sink.open, ending);
    logger.info({ ...context, ending: ending.type }, "task ended");
  }

  /** @returns the seq of `task.started` or `task.resumed`, or null where somebody else was faster. */
  async function claim(task: StoredTask): Promise<number | null> {
    const attempt = task.attempt + 1;
    const type = task.state === "input-required" ? "task.resumed" : "task.started";
    try {
      const [started] = await log.append(
        task.sessionId,
        [{ taskId: task.id, attempt, type, data: { attempt, node: nodeId } }],
        { expect: { task: { id: task.id, attempt: task.attempt, states: [task.state] } } },
      );
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
  ): Promise<void> {
    for (;;) {
      try {
        const waits = ending.type === "input-required";
        const requests = waits ? approvals.requestEvents(holder.taskId, ending) : [];
        await log.append(...endingAppend(holder, open, ending, now(), requests));
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

  /** @returns false where the task's state changed under the attempt, which is then to be made again. */
  async function tryCancel(task: StoredTask, request: CancelRequest, waitMs: number): Promise<boolean> {
    if (isTerminalTaskState(task.state)) return true;
    const holder = { sessionId: task.sessionId, taskId: task.id, attempt: task.attempt };
    const run = runs.get(task.id);
    if (task.state === "submitted" && run === undefined) {
      const ending: Ending = { type: "canceled", request };
      return refusable(log.append(...endingAppend(holder, new OpenItems(), ending, now())));
    }
    if (run === undefined) {
      const ending: Ending = { type: "canceled", request };
      const ended = await refusable(endInPlaceOfOwner({ log, now }, task, ending));
      // It occupied the session while nobody ran it: what is queued behind it has its turn.
      if (ended) dispatcher.ring({ sessionId: task.sessionId, ownerId: task.ownerId });
      return ended;
    }
    // On record first, so that a crash between here and the end of the run still ends the task.
    if (task.cancelRequestedAt === null) {
      const asked = log.append(
        task.sessionId,
        [{ taskId: task.id, type: "task.cancel-requested", data: { ...request } }],
        { expect: { task: { id: task.id, attempt: task.attempt } }, mayUseBallast: true },
      );
      if (!(await refusable(asked))) return false;
    }
    run.controller.abort(new CanceledSignal(request));
    const timedOut = Symbol("timed out");
    const first = await Promise.race([run.ended, delay(waitMs, timedOut, { ref: false })]);
    if (first === timedOut) return true;
    const after = await store.tasks.get(task.id);
    return after === undefined || isTerminalTaskState(after.state);
  }

  return {
    async start() {
      await lease.start();
      await sweep();
      dispatcher.start(serveSession);
      for (const bell of await store.tasks.waitingSessions()) dispatcher.ring(bell);
      sweeps = setInterval(sweepOnce, SWEEP_MS);
      sweeps.unref();
    },

    ring: (bell) => dispatcher.ring(bell),

    async cancel(taskId, request, waitMs) {
      for (let tries = 0; tries < 10; tries++) {
        const task = await store.tasks.get(taskId);
        if (task === undefined || (await tryCancel(task, request, waitMs))) return;
      }
      throw new Error(`task ${taskId} changed its state ten times while it was being canceled`);
    },

    async stop() {
      stopping = true;
      clearInterval(sweeps);
      abortAll();
      await dispatcher.stop();
      await sweeping;
      await lease.stop();
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
