import { hashSecret, newCode } from "./secret.ts";

export const CODE_LIFETIME_MS = 10 * 60 * 1_000;
/** Codes that may wait at once; a new one pushes the oldest out. */
const MAX_CODES = 100;

/**
 * One-time codes for sign-in links. In memory only: a code that outlives its server would be a code that nobody waits
 * for. Kept hashed, so that a heap dump opens nothing.
 */
export class SignInCodes {
  /** Hash of the code → when it expires; in the order of their making. */
  readonly #expiry = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  create(): string {
    const code = newCode();
    this.#expiry.set(hashSecret(code), this.#now() + CODE_LIFETIME_MS);
    for (const oldest of this.#expiry.keys()) {
      if (this.#expiry.size <= MAX_CODES) break;
      this.#expiry.delete(oldest);
    }
    return code;
  }

  /** Uses the code up. @returns whether it was there, unused and not yet old. */
  take(code: string): boolean {
    const key = hashSecret(code);
    const expiresAt = this.#expiry.get(key);
    this.#expiry.delete(key);
    return expiresAt !== undefined && this.#now() < expiresAt;
  }
}
