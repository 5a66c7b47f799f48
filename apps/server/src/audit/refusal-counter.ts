import type { AuditEvent } from "./port.ts";

type Refusal = Omit<AuditEvent, "decision">;

/** How long repetitions are only counted. */
const WINDOW_MS = 60_000;
/** Kinds of refusals that a window tells apart; all further ones are counted together. */
const MAX_KINDS = 20;

const OTHERS: Refusal = { by: null, action: "others", detail: "more kinds of refusals than are told apart" };

/**
 * Whoever is refused can be refused again, a thousand times a second: what a window writes is bounded, at a row for each
 * kind when it begins and one when it ends.
 */
export class RefusalCounter {
  readonly #store: (refusal: Refusal, count: number) => Promise<void>;
  readonly #repeated = new Map<string, { refusal: Refusal; count: number }>();
  #timer: NodeJS.Timeout | undefined;
  #stored: Promise<unknown> = Promise.resolve();

  constructor(store: (refusal: Refusal, count: number) => Promise<void>) {
    this.#store = store;
  }

  add(refusal: Refusal): void {
    const kind = kindOf(refusal);
    const known = this.#repeated.get(kind);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    if (this.#repeated.size >= MAX_KINDS) {
      this.#countOther();
      return;
    }
    this.#repeated.set(kind, { refusal, count: 0 });
    this.#put(refusal, 1);
    this.#timer ??= setTimeout(() => this.#endWindow(), WINDOW_MS).unref();
  }

  async close(): Promise<void> {
    this.#endWindow();
    await this.#stored;
  }

  #countOther(): void {
    const others = this.#repeated.get(OTHERS.action);
    if (others === undefined) this.#repeated.set(OTHERS.action, { refusal: OTHERS, count: 1 });
    else others.count += 1;
  }

  #endWindow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { refusal, count } of this.#repeated.values()) if (count > 0) this.#put(refusal, count);
    this.#repeated.clear();
  }

  #put(refusal: Refusal, count: number): void {
    this.#stored = Promise.all([this.#stored, this.#store(refusal, count)]);
  }
}

function kindOf({ by, address, action, detail }: Refusal): string {
  return [by?.userId, by?.address ?? address, action, detail].join(" ");
}
