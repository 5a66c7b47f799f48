import type { Logger } from "pino";
import type { NodeStore } from "../store/port.ts";

export interface LeaseDeps {
  nodes: NodeStore;
  /** No other process can have the store: the lease holds for as long as this one has it, and needs no renewal. */
  isExclusive: boolean;
  /** This process, and no other before or after it. */
  id: string;
  /** For people. */
  name: string;
  /** Integer ms since the epoch. */
  now: () => number;
  logger: Logger;
  /** The lease ran out before it could be renewed: others may take over what this node runs. */
  onLost: () => void;
}

/** How long a node's claims hold without being renewed, in ms: with a sweep on top, what nobody runs is soon taken over. */
const LEASE_MS = 10_000;
const RENEW_MS = 2_500;

/** Keeps a node's lease: what the node claims is its own for as long as that is renewed. */
export class Lease {
  readonly #deps: LeaseDeps;
  readonly #startedAt: number;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();
  #expiresAt = 0;

  constructor(deps: LeaseDeps) {
    this.#deps = deps;
    this.#startedAt = deps.now();
  }

  /** @throws StoreUnavailableError where there is no lease to begin with. */
  async start(): Promise<void> {
    await this.#renew();
    if (this.#deps.isExclusive) return;
    this.#timer = setInterval(() => this.#keep(), RENEW_MS);
    this.#timer.unref();
  }

  /** Others may take over at once. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
    try {
      await this.#deps.nodes.leave(this.#deps.id);
    } catch (error) {
      this.#deps.logger.warn({ err: error }, "the node's lease could not be given back; it ends by itself");
    }
  }

  #keep(): void {
    this.#renewing = this.#renewing
      .then(async () => this.#renew())
      .catch((error: unknown) => {
        const { logger, now, onLost } = this.#deps;
        logger.warn({ err: error }, "the node's lease could not be renewed");
        if (now() >= this.#expiresAt) onLost();
      });
  }

  async #renew(): Promise<void> {
    const { nodes, id, name, now, isExclusive } = this.#deps;
    const expiresAt = isExclusive ? Number.MAX_SAFE_INTEGER : now() + LEASE_MS;
    await nodes.renew({ id, name, startedAt: this.#startedAt, expiresAt });
    this.#expiresAt = expiresAt;
  }
}
