import { hashSecret, newCode } from "./secret.ts";

export const CODE_LIFETIME_MS = 10 * 60 * 1_000;
/** Codes that may wait at once; a new one pushes the oldest out. */
const MAX_CODES = 100;

/**
 * One-time codes for sign-in links. In memory only: a code that outlives its server would be a code that nobody waits
 * for. Kept hashed, so that a heap dump opens nothing.
 */
export class SignInCodes<Holder> {
  /** Hash of the code → whom it signs in, and until when; in the order of their making. */
  readonly #codes = new Map<string, { holder: Holder; expiresAt: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  create(holder: Holder): string {
    const code = newCode();
    this.#codes.set(hashSecret(code), { holder, expiresAt: this.#now() + CODE_LIFETIME_MS });
    for (const oldest of this.#codes.keys()) {
      if (this.#codes.size <= MAX_CODES) break;
      this.#codes.delete(oldest);
    }
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
    this.#codes.delete(hashSecret(code));
    return holder;
  }
}
