import type { Logger } from "pino";
import type { NodeStore } from "../store/port.ts";

export interface LeaseDeps {
  nodes: Pick<NodeStore, "renew" | "leave">;
  /** No other process can have the store: the lease holds for as long as this one has it, and needs no renewal. */
  isExclusive: boolean;
  /** This process, and no other before or after it. */
  id: string;
  /** For people. */
  name: string;
  /** Integer ms since the epoch. */
  now: () => number;
  /** Milliseconds that only ever grow, whatever becomes of the time of day. */
  monotonicNow: () => number;
  logger: Pick<Logger, "warn" | "error" | "info">;
  /** The lease was not renewed in time: what this node runs has to end, before others may take it over. */
  onLost: () => void;
  /** It holds again. */
  onRegained: () => void;
}

/** How long a node's claims hold without being renewed, by the store's clock, in ms. */
const LEASE_MS = 10_000;
/** How long they hold by the node's own clock: the rest is for its runs and their processes to end. */
const HELD_MS = 7_500;
const RENEW_MS = 2_500;
/** Until another try where a renewal failed, in ms. */
const RETRY_MS = 500;
/**
 * How long a node has to hold its lease before it takes over what others held, in ms: after the store was away, those that
 * were merely cut off from it have their time to come back.
 */
const SETTLE_MS = 3_000;

/**
 * Keeps a node's lease: what the node claims is its own for as long as that is renewed. The store's clock says when it ends
 * for the others. This node counts from the moment before it asked, by a clock that never jumps, and for less long: so it
 * has let go before anybody else may take over.
 */
export class Lease {
  readonly #deps: LeaseDeps;
  readonly #startedAt: number;
  #renewal: NodeJS.Timeout | undefined;
  #fence: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();
  #isStopped = false;
  /** Whether this node acts as its holder: from a renewal on, until it finds that it was not renewed in time. */
  #holds = false;
  #wasLost = false;
  /** By the monotonic clock. */
  #heldSince = 0;
  #heldUntil = 0;

  constructor(deps: LeaseDeps) {
    this.#deps = deps;
    this.#startedAt = deps.now();
  }

  get isHeld(): boolean {
    return this.#holds && this.#deps.monotonicNow() < this.#heldUntil;
  }

  /** Whether this node may take over what another's lease no longer covers. */
  get isSettled(): boolean {
    const { isExclusive, monotonicNow } = this.#deps;
    return this.isHeld && (isExclusive || monotonicNow() - this.#heldSince >= SETTLE_MS);
  }

  /** @throws StoreUnavailableError where there is no lease to begin with. */
  async start(): Promise<void> {
    await this.#renew();
    if (!this.#deps.isExclusive) this.#schedule(RENEW_MS);
  }

  /** Others may take over at once. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#renewal);
    clearTimeout(this.#fence);
    await this.#renewing;
    try {
      await this.#deps.nodes.leave(this.#deps.id);
    } catch (error) {
      this.#deps.logger.warn({ err: error }, "the node's lease could not be given back; it ends by itself");
    }
  }

  #schedule(ms: number): void {
    if (this.#isStopped) return;
    this.#renewal = setTimeout(() => this.#keep(), ms);
    this.#renewal.unref();
  }

  #keep(): void {
    this.#renewing = this.#renew().then(
      () => this.#schedule(RENEW_MS),
      (error: unknown) => {
        this.#deps.logger.warn({ err: error }, "the node's lease could not be renewed; trying again");
        this.#schedule(RETRY_MS);
      },
    );
  }

  async #renew(): Promise<void> {
    const { nodes, id, name, isExclusive, monotonicNow } = this.#deps;
    const askedAt = monotonicNow();
    await nodes.renew({ id, name, startedAt: this.#startedAt }, isExclusive ? null : LEASE_MS);
    this.#hold(isExclusive ? Infinity : askedAt + HELD_MS);
  }

  #hold(until: number): void {
    const { monotonicNow, onRegained, logger } = this.#deps;
    const now = monotonicNow();
    // This process may have slept past the end, before its timer had its turn.
    if (now >= this.#heldUntil) this.#lose();
    if (now >= until) return;
    this.#heldUntil = until;
    clearTimeout(this.#fence);
    if (until !== Infinity) {
      this.#fence = setTimeout(() => this.#lose(), until - now);
      this.#fence.unref();
    }
    if (this.#holds) return;
    this.#holds = true;
    this.#heldSince = now;
    if (!this.#wasLost) return;
    logger.info("the node holds its lease again");
    onRegained();
  }

  #lose(): void {
    if (!this.#holds) return;
    this.#holds = false;
    this.#wasLost = true;
    this.#deps.logger.error("the node's lease was not renewed in time: its tasks are interrupted here");
    this.#deps.onLost();
  }
}
