import type { Logger } from "pino";
import type { NodeStore } from "../store/port.ts";

export interface LeaseDeps {
  nodes: Pick<NodeStore, "renew" | "leave">;
  /** No other process can open the store: the lease lasts as long as this one has it, without renewal. */
  isExclusive: boolean;
  /** Id of this process, never reused. */
  id: string;
  /** For people. */
  name: string;
  /** How long a node's claims last without renewal, by the store's clock, in ms; default 10,000. */
  leaseMs?: number | undefined;
  /** Integer ms since the epoch. */
  now: () => number;
  /** Monotonic time in ms, unaffected by changes of the wall clock. */
  monotonicNow: () => number;
  logger: Pick<Logger, "warn" | "error" | "info">;
  /** The lease was not renewed in time: end this node's runs before others may take them over. */
  onLost: () => void;
  /** It is valid again. */
  onRegained: () => void;
}

const LEASE_MS = 10_000;
/** The part of it that a lease lasts by the node's own clock; the rest is for its runs and their processes to end. */
const HELD_PART = 0.75;
const RENEWED_PART = 0.25;
/** Delay before retrying a failed renewal, in ms. */
const RETRY_MS = 500;
/**
 * How long a node must have held its lease before it takes over others' tasks, in ms: after an outage of the store,
 * nodes that were merely cut off get time to come back.
 */
const SETTLE_MS = 3_000;

/**
 * Maintains a node's lease: what the node claims is its own as long as the lease is renewed. For others the store's
 * clock decides when it ends. The node itself counts from just before its request, by a monotonic clock, and for a
 * shorter time, so it has let go before anybody may take over.
 */
export class Lease {
  readonly #deps: LeaseDeps;
  readonly #startedAt: number;
  readonly #leaseMs: number;
  #renewal: NodeJS.Timeout | undefined;
  #fence: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();
  #isStopped = false;
  /** Whether this node acts as the holder: from a renewal until it finds that it was not renewed in time. */
  #holds = false;
  #wasLost = false;
  /** Monotonic. */
  #heldSince = 0;
  #heldUntil = 0;

  constructor(deps: LeaseDeps) {
    this.#deps = deps;
    this.#startedAt = deps.now();
    this.#leaseMs = deps.leaseMs ?? LEASE_MS;
  }

  get isHeld(): boolean {
    return this.#holds && this.#deps.monotonicNow() < this.#heldUntil;
  }

  /** Whether this node may take over tasks of expired leases. */
  get isSettled(): boolean {
    const { isExclusive, monotonicNow } = this.#deps;
    return this.isHeld && (isExclusive || monotonicNow() - this.#heldSince >= SETTLE_MS);
  }

  /** @throws StoreUnavailableError if no lease could be obtained. */
  async start(): Promise<void> {
    await this.#renew();
    if (!this.#deps.isExclusive) this.#schedule(this.#leaseMs * RENEWED_PART);
  }

  /** Others may take over immediately. */
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
      // An answer that came too late says that the store is there again.
      () => this.#schedule(this.isHeld ? this.#leaseMs * RENEWED_PART : 0),
      (error: unknown) => {
        this.#deps.logger.warn({ err: error }, "the node's lease could not be renewed; trying again");
        this.#schedule(RETRY_MS);
      },
    );
  }

  async #renew(): Promise<void> {
    const { nodes, id, name, isExclusive, monotonicNow } = this.#deps;
    const askedAt = monotonicNow();
    await nodes.renew({ id, name, startedAt: this.#startedAt }, isExclusive ? null : this.#leaseMs);
    this.#hold(isExclusive ? Infinity : askedAt + this.#leaseMs * HELD_PART);
  }

  #hold(until: number): void {
    const { monotonicNow, onRegained, logger } = this.#deps;
    const now = monotonicNow();
    // This process may have been suspended past the end, before its timer fired.
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
