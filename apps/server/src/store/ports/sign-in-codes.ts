import type { Scope } from "@trunkline/contract";

/** A one-time code for a sign-in link, kept as its hash. Times are ms since the epoch. */
export interface StoredSignInCode {
  /** UUIDv7: of one maker's codes, the oldest has the lowest. */
  id: string;
  hash: string;
  /** Whom it signs in. */
  userId: string;
  scope: Scope;
  /** The token that made it; null: the server itself. */
  parentId: string | null;
  expiresAt: number;
}

export interface FoundSignInCode extends Omit<StoredSignInCode, "id"> {
  userName: string;
  /** Until when the token holds that made it; null: for ever. */
  parentExpiresAt: number | null;
}

/** Kept in the store, so that a link made on one node signs in on any other. */
export interface SignInCodeStore {
  /** Keeps the newest `keep` codes of this one's maker, and of all codes none that expired by `now`. */
  put(code: StoredSignInCode, options: { keep: number; now: number }): Promise<void>;
  /** Expired ones as well. @returns undefined where it was used, where nobody made it, or the user was removed. */
  find(hash: string): Promise<FoundSignInCode | undefined>;
  /** Uses the code up. @returns false to all but the first. */
  take(hash: string): Promise<boolean>;
}
