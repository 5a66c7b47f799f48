import type { Logger } from "pino";
import type { Dispatcher } from "../dispatch/port.ts";
import type { Announcer } from "../hints/port.ts";
import type { Log } from "../log/port.ts";
import type { Store, StoredTask } from "../store/port.ts";
import type { Cancellation } from "./cancellation.ts";
import type { Intake } from "./intake.ts";
import type { Lease } from "./lease.ts";
import { recoverLost, recoverOrphans } from "./recovery.ts";
import { TakenOverSignal } from "./stop-signal.ts";
import type { SubagentLife } from "./subagents.ts";
import type { Run, Runs } from "./runs.ts";

export interface SweepDeps {
  store: Store;
  log: Log;
  lease: Pick<Lease, "isHeld" | "isSettled">;
  runs: Runs;
  intake: Pick<Intake, "look">;
  cancellation: Cancellation;
  subagents: Pick<SubagentLife, "sweep">;
  announcer: Pick<Announcer, "missed">;
  dispatcher: Pick<Dispatcher, "ring">;
  nodeId: string;
  /** The process that had the data directory before and died, with all that it had started. */
  predecessor?: string | undefined;
  logger: Logger;
  /** Integer ms since the epoch. */
  now: () => number;
}

/** How often to look, in ms. */
const SWEEP_MS = 1_000;
/** How long to remember that a run was cut off, beyond an outage, in ms. */
const REMEMBER_MS = 600_000;
/** How long after its lease expired a node is forgotten, in ms: others have taken over its tasks. */
const FORGET_MS = 5_000;

/**
 * Once a second, finds what nobody takes care of: tasks whose node is gone, tasks of this node without a run, pending
 * cancels, limits that have reset. Several nodes may find the same; the rows admit only one.
 */
export class Sweep {
  readonly #deps: SweepDeps;
  /** Tasks whose runs ended silently because the store was unavailable, and when, by the monotonic clock. */
  readonly #cutOff = new Map<string, number>();
  #ringsAll = true;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;
  #sweptAt = performance.now();

  constructor(deps: SweepDeps) {
    this.#deps = deps;
  }

  /** @throws StoreUnavailableError if the first sweep fails. */
  async start(): Promise<void> {
    await this.#inherit();
    await this.#sweep();
    this.#timer = setInterval(() => this.#sweepOnce(), SWEEP_MS);
    this.#timer.unref();
  }

  get sweptMsAgo(): number {
    return performance.now() - this.#sweptAt;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  /** The task's run has ended without an end of the task, and not by its own fault. */
  cutOff(taskId: string): void {
    this.#cutOff.set(taskId, performance.now());
  }

  /** Bells may have been lost: all sessions that have something to run are rung with the next sweep. */
  ringAll(): void {
    this.#ringsAll = true;
  }

  #sweepOnce(): void {
    this.#sweeping ??= this.#sweep()
      .catch((error: unknown) => this.#deps.logger.warn({ err: error }, "looking for abandoned tasks failed"))
      .finally(() => {
        this.#sweeping = undefined;
      });
  }

  async #sweep(): Promise<void> {
    const { store, lease, intake, dispatcher, now } = this.#deps;
    await intake.look();
    if (!lease.isHeld) return;
    await this.#lookAfterOwn();
    if (lease.isSettled) await this.#takeOver();
    await this.#lookAfterSubagents();
    for (const bell of await store.tasks.resumable(now())) dispatcher.ring(bell);
    this.#sweptAt = performance.now();
    if (!this.#ringsAll) return;
    this.#ringsAll = false;
    try {
      for (const bell of await store.tasks.waitingSessions()) dispatcher.ring(bell);
    } catch (error) {
      this.#ringsAll = true;
      throw error;
    }
  }

  /** Nobody has to wait for the lease of a process that is known to be dead. */
  async #inherit(): Promise<void> {
    const { store, predecessor, dispatcher, logger } = this.#deps;
    if (predecessor === undefined) return;
    const left = await store.tasks.ofNode(predecessor);
    const recovered = await recoverLost(this.#deps, left, () => false);
    await store.nodes.leave(predecessor);
    for (const bell of recovered) dispatcher.ring(bell);
    if (recovered.length > 0)
      logger.warn({ tasks: recovered.length }, "tasks of this node's last life go on");
  }

  async #lookAfterOwn(): Promise<void> {
    const { store, runs, nodeId, cancellation, dispatcher, logger } = this.#deps;
    // Before it is asked: what they have claimed is stored by then.
    const claimed = [...runs].flatMap(([id, run]) => (run.attempt === null ? [] : [{ id, run }]));
    const own = await store.tasks.ofNode(nodeId);
    await this.#endTakenOver(claimed, own);
    // Asked only now: a run is known from before its claim until its end is stored.
    const lost = own.filter(({ id }) => !runs.has(id));
    for (const { id, cancelRequestedAt } of own) if (cancelRequestedAt !== null) await cancellation.obey(id);
    const recovered = await recoverLost(this.#deps, lost, ({ id }) => this.#cutOff.has(id));
    for (const bell of recovered) dispatcher.ring(bell);
    if (recovered.length > 0) logger.warn({ tasks: recovered.length }, "tasks whose runs had ended go on");
    // Not immediately, because a claim whose answer was lost may become visible later.
    const over = performance.now() - REMEMBER_MS;
    for (const [id, since] of this.#cutOff) if (since < over) this.#cutOff.delete(id);
  }

  /**
   * A lease ends by the store's clock, which goes on while this machine sleeps. Whoever has taken over a task meanwhile works on
   * it: what is left here must not do the same again beside them. A run that has just ended is told, too, and does not mind.
   */
  async #endTakenOver(
    claimed: readonly { id: string; run: Run }[],
    own: readonly StoredTask[],
  ): Promise<void> {
    const attempts = new Map(own.map(({ id, attempt }) => [id, attempt]));
    for (const { id, run } of claimed) {
      if (attempts.get(id) === run.attempt) continue;
      // A session that is being deleted is in no list, and its runs are canceled.
      const task = await this.#deps.store.tasks.get(id);
      if (task === undefined || (task.state === "working" && task.attempt === run.attempt)) continue;
      run.controller.abort(new TakenOverSignal());
    }
  }

  async #lookAfterSubagents(): Promise<void> {
    const { subagents, cancellation } = this.#deps;
    for (const taskId of await subagents.sweep()) {
      await cancellation.cancel(taskId, { reason: "superseded", by: "server" }, 0);
    }
  }

  async #takeOver(): Promise<void> {
    const { store, runs, announcer, dispatcher, logger } = this.#deps;
    const recovered = await recoverOrphans(this.#deps, ({ id }) => runs.has(id));
    if (recovered.length > 0) {
      logger.warn({ tasks: recovered.length }, "tasks of a node that is gone were taken up");
    }
    for (const bell of recovered) dispatcher.ring(bell);
    // It may not have announced its last commits.
    if (!store.isExclusive && (await store.nodes.forgetDead(FORGET_MS)) > 0) announcer.missed();
  }
}
