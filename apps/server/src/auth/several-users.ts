import type { Logger } from "pino";
import type { Hints } from "../hints/port.ts";
import type { Store } from "../store/port.ts";

/** Interval of checks in case a hint is lost, in ms. */
const ASK_EVERY_MS = 5_000;

/** Whether more than one user can sign in, for who cannot wait for an answer. Follows what other nodes change. */
export class SeveralUsers {
  readonly #store: Pick<Store, "users" | "isExclusive">;
  readonly #hints: Hints;
  readonly #logger: Pick<Logger, "warn">;
  #timer: NodeJS.Timeout | undefined;
  #current = false;

  constructor(options: {
    store: Pick<Store, "users" | "isExclusive">;
    hints: Hints;
    logger: Pick<Logger, "warn">;
  }) {
    this.#store = options.store;
    this.#hints = options.hints;
    this.#logger = options.logger;
  }

  get current(): boolean {
    return this.#current;
  }

  async start(): Promise<void> {
    await this.#ask();
    if (this.#store.isExclusive) return;
    this.#hints.follow(({ type }) => {
      if (type === "access-changed" || type === "missed") this.#askSoon();
    });
    this.#timer = setInterval(() => this.#askSoon(), ASK_EVERY_MS).unref();
  }

  /** To be called after this node added or removed a user. */
  async changed(): Promise<void> {
    this.#hints.announce({ type: "access-changed" });
    await this.#ask();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #askSoon(): void {
    this.#ask().catch((error: unknown) =>
      this.#logger.warn({ err: error }, "whether there are several users could not be read; trying again"),
    );
  }

  async #ask(): Promise<void> {
    this.#current = await this.#store.users.areSeveral();
  }
}
