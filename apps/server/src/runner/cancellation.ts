import { setTimeout as delay } from "node:timers/promises";
import { isTerminalTaskState, OpenItems } from "@trunkline/contract";
import type { Dispatcher } from "../dispatch/port.ts";
import type { Hints } from "../hints/port.ts";
import type { Log } from "../log/port.ts";
import { GuardFailedError, type Store, type StoredTask } from "../store/port.ts";
import type { CancelRequest } from "./port.ts";
import { cancelRequestOf, endInPlaceOfOwner } from "./recovery.ts";
import type { Run, Runs } from "./runs.ts";
import { CanceledSignal } from "./stop-signal.ts";
import { type Ending, endingAppend } from "./task-endings.ts";

export interface CancellationDeps {
  store: Store;
  log: Log;
  dispatcher: Pick<Dispatcher, "ring">;
  hints: Pick<Hints, "announce">;
  runs: Runs;
  nodeId: string;
  now: () => number;
}

/** Interval of checking whether another node has ended a task, in ms. */
const LOOK_MS = 100;
/** Interval of checking whether that node is alive, in ms. */
const LOOK_FOR_NODE_MS = 1_000;

/** Ends tasks on request, whichever node runs them. */
export class Cancellation {
  readonly #deps: CancellationDeps;

  constructor(deps: CancellationDeps) {
    this.#deps = deps;
  }

  async cancel(taskId: string, request: CancelRequest, waitMs: number): Promise<void> {
    for (let tries = 0; tries < 10; tries++) {
      const task = await this.#deps.store.tasks.get(taskId);
      if (task === undefined) return;
      if (!(await this.#try(task, request, waitMs))) continue;
      // Its subagents end with it; those of a server that dies here are found by the sweep.
      for (const childId of await this.#deps.store.tasks.unfinishedChildren(taskId)) {
        await this.cancel(childId, request, waitMs);
      }
      return;
    }
    throw new Error(`task ${taskId} changed its state ten times while it was being canceled`);
  }

  /** Another node has stored a cancel request: end the task if it runs here. */
  async obey(taskId: string): Promise<void> {
    const { store, runs } = this.#deps;
    const run = runs.get(taskId);
    if (run === undefined || run.controller.signal.aborted) return;
    const task = await store.tasks.get(taskId);
    if (task === undefined || task.cancelRequestedAt === null) return;
    run.controller.abort(new CanceledSignal(await cancelRequestOf(this.#deps, task)));
  }

  /** @returns false if the task's state changed during the attempt, which must then be repeated. */
  async #try(task: StoredTask, request: CancelRequest, waitMs: number): Promise<boolean> {
    const { log, now, runs } = this.#deps;
    if (isTerminalTaskState(task.state)) return true;
    const run = runs.get(task.id);
    if (run !== undefined) return this.#endRun(task, run, request, waitMs);
    if (task.state === "submitted") {
      const holder = { sessionId: task.sessionId, taskId: task.id, attempt: task.attempt };
      const ending: Ending = { type: "canceled", request };
      return refusable(log.append(...endingAppend(holder, new OpenItems(), ending, now())));
    }
    if (await this.#runsElsewhere(task)) return this.#askOwner(task, request, waitMs);
    return this.#endUnowned(task, request);
  }

  async #endRun(task: StoredTask, run: Run, request: CancelRequest, waitMs: number): Promise<boolean> {
    if (!(await this.#noteRequest(task, request))) return false;
    run.controller.abort(new CanceledSignal(request));
    const timedOut = Symbol("timed out");
    const first = await Promise.race([run.ended, delay(waitMs, timedOut, { ref: false })]);
    if (first === timedOut) return true;
    const after = await this.#deps.store.tasks.get(task.id);
    return after === undefined || isTerminalTaskState(after.state);
  }

  /** It waits for an answer, or its run is gone. */
  async #endUnowned(task: StoredTask, request: CancelRequest): Promise<boolean> {
    const { dispatcher } = this.#deps;
    const ended = await refusable(endInPlaceOfOwner(this.#deps, task, { type: "canceled", request }));
    // It occupied the session without running: the next queued task gets its turn.
    if (ended) dispatcher.ring({ sessionId: task.sessionId, ownerId: task.ownerId });
    return ended;
  }

  /** The node that runs it is notified, or finds out by itself. */
  async #askOwner(task: StoredTask, request: CancelRequest, waitMs: number): Promise<boolean> {
    const { store, hints } = this.#deps;
    if (!(await this.#noteRequest(task, request))) return false;
    hints.announce({ type: "cancel-requested", taskId: task.id });
    const until = performance.now() + waitMs;
    for (let looks = 1; performance.now() < until; looks++) {
      await delay(LOOK_MS, undefined, { ref: false });
      const after = await store.tasks.get(task.id);
      if (after === undefined || isTerminalTaskState(after.state)) return true;
      if (after.state !== "working" || after.attempt !== task.attempt) return false;
      const isTimeForNode = looks % (LOOK_FOR_NODE_MS / LOOK_MS) === 0;
      if (isTimeForNode && !(await this.#runsElsewhere(after))) return false;
    }
    return true;
  }

  async #runsElsewhere({ state, node }: StoredTask): Promise<boolean> {
    const { store, nodeId } = this.#deps;
    return state === "working" && node !== null && node !== nodeId && (await store.nodes.isLive(node));
  }

  /** Recorded first, so that a crash before the end of the run still ends the task. */
  async #noteRequest(task: StoredTask, request: CancelRequest): Promise<boolean> {
    if (task.cancelRequestedAt !== null) return true;
    return refusable(
      this.#deps.log.append(
        task.sessionId,
        [{ taskId: task.id, type: "task.cancel-requested", data: { ...request } }],
        { expect: { task: { id: task.id, attempt: task.attempt } }, mayUseBallast: true },
      ),
    );
  }
}

/** @returns false if the guard refused the commit. */
async function refusable(commit: Promise<unknown>): Promise<boolean> {
  try {
    await commit;
    return true;
  } catch (error) {
    if (error instanceof GuardFailedError) return false;
    throw error;
  }
}
