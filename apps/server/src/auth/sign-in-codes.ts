import { hashSecret, newCode } from "./secret.ts";

export const CODE_LIFETIME_MS = 10 * 60 * 1_000;
/** Codes of one maker that may wait at once; a new one pushes that maker's oldest out. */
const MAX_CODES_PER_MAKER = 100;
/** Codes that may wait at once in all. Over it, whoever has the most loses their oldest. */
const MAX_CODES = 10_000;

interface Waiting<Holder> {
  holder: Holder;
  maker: string;
  expiresAt: number;
}

/**
 * One-time codes for sign-in links. In memory only: a code that outlives its server would be a code that nobody waits
 * for. Kept hashed, so that a heap dump opens nothing.
 */
export class SignInCodes<Holder> {
  /** Hash of the code → whom it signs in, and until when; in the order of their making. */
  readonly #codes = new Map<string, Waiting<Holder>>();
  /** Hashes of each maker's codes, oldest first. */
  readonly #ofMaker = new Map<string, Set<string>>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param maker who asks for the code: nobody can push out the codes of others */
  create(holder: Holder, maker: string): string {
    this.#forgetExpired();
    const code = newCode();
    const hash = hashSecret(code);
    this.#codes.set(hash, { holder, maker, expiresAt: this.#now() + CODE_LIFETIME_MS });
    const own = this.#ofMaker.get(maker) ?? new Set<string>();
    this.#ofMaker.set(maker, own.add(hash));
    if (own.size > MAX_CODES_PER_MAKER) this.#forgetOldest(own);
    if (this.#codes.size > MAX_CODES) this.#forgetOldest(this.#most());
    return code;
  }

  /** @returns whom it signs in; undefined where it was not there, used, or old. */
  find(code: string): Holder | undefined {
    const known = this.#codes.get(hashSecret(code));
    return known !== undefined && this.#now() < known.expiresAt ? known.holder : undefined;
  }

  /** The same, and uses the code up. */
  take(code: string): Holder | undefined {
    const holder = this.find(code);
    this.#forget(hashSecret(code));
    return holder;
  }

  #most(): ReadonlySet<string> {
    return [...this.#ofMaker.values()].reduce((most, codes) => (codes.size > most.size ? codes : most));
  }

  #forgetOldest(codes: ReadonlySet<string>): void {
    const [oldest] = codes;
    if (oldest !== undefined) this.#forget(oldest);
  }

  #forgetExpired(): void {
    for (const [hash, { expiresAt }] of this.#codes) {
      if (this.#now() < expiresAt) break;
      this.#forget(hash);
    }
  }

  #forget(hash: string): void {
    const maker = this.#codes.get(hash)?.maker;
    if (maker === undefined) return;
    this.#codes.delete(hash);
    const own = this.#ofMaker.get(maker);
    own?.delete(hash);
    if (own?.size === 0) this.#ofMaker.delete(maker);
  }
}
