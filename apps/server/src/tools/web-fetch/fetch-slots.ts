export interface SlotLimits {
  session: number;
  owner: number;
  total: number;
}

const SLOT_LIMITS: SlotLimits = { session: 4, owner: 8, total: 32 };

export interface SlotUser {
  sessionId: string;
  ownerId: string;
}

interface Waiting {
  user: SlotUser;
  begin: () => void;
}

/**
 * Limits concurrent fetches, so that the slow ones of one session or user don't block others. The longest waiter comes
 * next, unless all slots of its session or owner are taken.
 */
export class FetchSlots {
  readonly #limits: SlotLimits;
  readonly #taken = new Map<string, number>();
  #total = 0;
  #waiting: Waiting[] = [];

  constructor(limits: SlotLimits = SLOT_LIMITS) {
    this.#limits = limits;
  }

  /** @throws the signal's reason if it aborts before there is a slot. */
  async use<T>(user: SlotUser, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#take(user, signal);
    try {
      return await work();
    } finally {
      this.#count(user, -1);
      this.#beginNext();
    }
  }

  async #take(user: SlotUser, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#isFree(user)) return this.#count(user, 1);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { user, begin: resolve };
    this.#waiting.push(waiting);
    const onAbort = (): void => {
      if (!this.#waiting.includes(waiting)) return;
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  #beginNext(): void {
    const next = this.#waiting.find(({ user }) => this.#isFree(user));
    if (next === undefined) return;
    this.#waiting = this.#waiting.filter((other) => other !== next);
    this.#count(next.user, 1);
    next.begin();
  }

  #isFree({ sessionId, ownerId }: SlotUser): boolean {
    const { session, owner, total } = this.#limits;
    const ofSession = this.#taken.get(`session ${sessionId}`) ?? 0;
    const ofOwner = this.#taken.get(`owner ${ownerId}`) ?? 0;
    return this.#total < total && ofSession < session && ofOwner < owner;
  }

  #count({ sessionId, ownerId }: SlotUser, change: 1 | -1): void {
    this.#total += change;
    for (const key of [`session ${sessionId}`, `owner ${ownerId}`]) {
      const count = (this.#taken.get(key) ?? 0) + change;
      if (count === 0) this.#taken.delete(key);
      else this.#taken.set(key, count);
    }
  }
}
