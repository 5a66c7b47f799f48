import assert from "node:assert";
import { setTimeout as delay } from "node:timers/promises";
import { OpenItems } from "@trunkline/contract";
import type { Logger } from "pino";
import type { Dispatcher } from "../dispatch/port.ts";
import type { Announcer, Hints } from "../hints/port.ts";
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
import { Cancellation } from "./cancellation.ts";
import { Intake, type IntakeDeps } from "./intake.ts";
import { Lease } from "./lease.ts";
import type { Runner } from "./port.ts";
import { type Holder, LogSink } from "./run-sink.ts";
import { readHeldCall } from "./recovery.ts";
import { type Run, Runs } from "./runs.ts";
import { ShutdownSignal } from "./stop-signal.ts";
import { SubagentLife } from "./subagents.ts";
import { Sweep } from "./sweep.ts";
import { type Ending, endingAppend } from "./task-endings.ts";

export interface RunnerDeps extends Omit<AttemptDeps, "subagents"> {
  store: Store;
  log: Log;
  dispatcher: Dispatcher;
  hints: Hints;
  announcer: Pick<Announcer, "missed">;
  logger: Logger;
  /** Integer ms since the epoch. */
  now: () => number;
  /** This process, and no other before or after it. */
  nodeId: string;
  /** What people call it. */
  node: string;
  /** How long its claims last without renewal, in ms; default 10,000. */
  leaseMs?: number | undefined;
  /** The process that had the data directory before and died, with all that it had started. */
  predecessor?: string | undefined;
  checkRoom?: IntakeDeps["checkRoom"];
}

/** How long to wait before trying again where the store cannot commit a start or an ending, in ms. */
const RETRY_MS = 1_000;

export function createRunner(deps: RunnerDeps): Runner {
  const { store, log, approvals, dispatcher, hints, logger, now, nodeId } = deps;
  const runs = new Runs();
  const subagents = new SubagentLife({ store, log, dispatcher });
  const cancellation = new Cancellation({ store, log, dispatcher, hints, runs, nodeId, now });
  let joined: Promise<void> | undefined;
  let stopping = false;
  /** Since the start. */
  let refusedWrites = 0;
  const lease = new Lease({
    nodes: store.nodes,
    isExclusive: store.isExclusive,
    id: nodeId,
    name: deps.node,
    leaseMs: deps.leaseMs,
    now,
    monotonicNow: () => performance.now(),
    logger,
    onLost: () => runs.abortAll(new ShutdownSignal("the node has lost its lease")),
    onRegained: () => sweep.ringAll(),
  });
  const intake = new Intake(deps);
  const sweep = new Sweep({ ...deps, intake, lease, runs, cancellation, subagents });
  hints.follow((hint) => {
    if (hint.type !== "cancel-requested") return;
    cancellation.obey(hint.taskId).catch((error: unknown) => {
      logger.warn(
        { err: error, taskId: hint.taskId },
        "a cancel request could not be read; the next sweep does",
      );
    });
  });

  /** Runs the session's next task, if there is one. @returns whether the session has more to do. */
  async function serveSession(sessionId: string): Promise<boolean> {
    try {
      // Rung anew once the lease is back.
      if (stopping || !lease.isHeld) return false;
      // The dispatcher is paused then, and leaves the session to another node.
      if (!(await intake.look())) return true;
      const head = await store.tasks.head(sessionId, now());
      if (head === undefined) return false;
      await holdRun(head);
      // Whether there is more is what the next round finds out.
      return !stopping;
    } catch (error) {
      if (!mayComeBack(error)) {
        logger.error({ err: error, sessionId }, "serving a session failed");
        return false;
      }
      logger.warn(
        { sessionId, reason: error.reason },
        "the store cannot be used: the session's next task waits",
      );
      await delay(RETRY_MS);
      return !stopping;
    }
  }

  /** Makes the run known before it is claimed, so that a cancel always finds either a queued task or its run. */
  async function holdRun(head: QueueHead): Promise<void> {
    const { id } = head.task;
    const controller = new AbortController();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const run: Run = { controller, ended, attempt: null };
    runs.set(id, run);
    try {
      await claimAndRun(head, run);
    } catch (error) {
      if (error instanceof StoreUnavailableError) sweep.cutOff(id);
      throw error;
    } finally {
      runs.delete(id);
      resolve();
    }
  }

  async function claimAndRun({ task, session }: QueueHead, run: Run): Promise<void> {
    const { signal } = run.controller;
    // Read first: once it is claimed, it has to be ended with them.
    const open = task.state === "input-required" ? await readHeldCall(store, task) : new OpenItems();
    const startedSeq = await claim(task);
    if (startedSeq === null) return;
    const claimed = { ...task, attempt: task.attempt + 1 };
    run.attempt = claimed.attempt;
    const context = { sessionId: task.sessionId, taskId: task.id, attempt: claimed.attempt };
    logger.info(context, "task started");
    const onRefused = (): void => writeRefused(context);
    const sink = new LogSink({ log, holder: context, startedSeq, now, onRefused, open });
    const ending = await runAttempt({ ...deps, subagents }, { task: claimed, session, sink, signal });
    if (ending === null) return;
    await end(context, sink.open, ending);
    logger.info({ ...context, ending: ending.type }, "task ended");
    // Left to the sweep if that fails.
    if (session.parent !== null) await subagents.ended(session.parent.taskId);
  }

  function writeRefused(holder: Holder): void {
    refusedWrites += 1;
    logger.warn({ ...holder, refusedWrites }, "a write of a run that has lost its task was refused");
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
  async function end(holder: Holder, open: OpenItems, ending: Ending): Promise<void> {
    for (;;) {
      try {
        const waits = ending.type === "input-required";
        const requests = waits ? approvals.requestEvents(holder.taskId, ending) : [];
        await log.append(...endingAppend(holder, open, ending, now(), requests));
        if (waits) approvals.requested();
        return;
      } catch (error) {
        // It has another attempt or another end: perhaps this one, whose answer was lost.
        if (error instanceof GuardFailedError) {
          writeRefused(holder);
          return;
        }
        if (!mayComeBack(error) || stopping || !lease.isHeld) throw error;
        logger.warn(
          { ...holder, reason: error.reason },
          "the store cannot be used: the end of the task waits",
        );
        await delay(RETRY_MS);
      }
    }
  }

  /** Whether the store is merely full, or away: one that has the process for itself and breaks is gone for good. */
  function mayComeBack(error: unknown): error is StoreUnavailableError {
    if (!(error instanceof StoreUnavailableError)) return false;
    return error.reason === "storage_full" || !store.isExclusive;
  }

  const join = async (): Promise<void> => {
    joined ??= lease.start();
    return joined;
  };

  return {
    join,

    async start() {
      await join();
      await sweep.start();
      dispatcher.start(serveSession);
    },

    ring: (bell) => dispatcher.ring(bell),

    cancel: async (taskId, request, waitMs) => cancellation.cancel(taskId, request, waitMs),

    running: () => runs.size,

    holdsLease: () => lease.isHeld,

    sweptMsAgo: () => sweep.sweptMsAgo,

    queueSilentMs: () => dispatcher.silentMs(),

    drain: () => intake.drain(),

    undrain: () => intake.undrain(),

    isDraining: () => intake.isDraining,

    hasRoom: () => intake.hasRoom,

    async drained(waitMs) {
      const ended = Promise.all([...runs.values()].map(async (run) => run.ended));
      await Promise.race([ended, delay(waitMs, undefined, { ref: false })]);
    },

    async stop() {
      stopping = true;
      const swept = sweep.stop();
      runs.abortAll(new ShutdownSignal("the server shuts down"));
      await dispatcher.stop();
      await swept;
      await lease.stop();
    },
  };
}
