import { v7 as uuidv7 } from "uuid";
import type { Store } from "../store/port.ts";
import type { SignInHolder } from "./browser-sign-in.ts";
import { hashSecret, newCode } from "./secret.ts";

export const CODE_LIFETIME_MS = 10 * 60 * 1_000;
/** Maximum pending codes per creator; a new one replaces that creator's oldest, and nobody else's. */
const MAX_CODES_PER_MAKER = 100;

/** One-time codes for sign-in links. The store has their hashes: a link made on one node works on every other. */
export class SignInCodes {
  readonly #store: Store["signInCodes"];
  readonly #now: () => number;

  constructor(store: Store["signInCodes"], now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** @returns a code created with its holder's token, or by the server itself if there is none. */
  async create({ userId, scope, parent }: SignInHolder): Promise<string> {
    const code = newCode();
    const now = this.#now();
    const stored = { id: uuidv7(), hash: hashSecret(code), userId, scope, parentId: parent?.tokenId ?? null };
    await this.#store.put(
      { ...stored, expiresAt: now + CODE_LIFETIME_MS },
      { keep: MAX_CODES_PER_MAKER, now },
    );
    return code;
  }

  /** @returns whom it signs in; undefined if it does not exist, was used, or has expired. */
  async find(code: string): Promise<SignInHolder | undefined> {
    const known = await this.#store.find(hashSecret(code));
    if (known === undefined || this.#now() >= known.expiresAt) return undefined;
    const { userId, userName: name, scope, parentId, parentExpiresAt: expiresAt } = known;
    return { userId, name, scope, parent: parentId === null ? null : { tokenId: parentId, expiresAt } };
  }

  /** The same, and uses the code up. */
  async take(code: string): Promise<SignInHolder | undefined> {
    const holder = await this.find(code);
    return holder !== undefined && (await this.#store.take(hashSecret(code))) ? holder : undefined;
  }
}
