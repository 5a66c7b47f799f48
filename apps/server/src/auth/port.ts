import type { Principal, Scope } from "@trunkline/contract";
import type { NewToken as StoredNewToken } from "../store/port.ts";

/** Whom the token file belongs to, and the link that the server prints. */
export const LOCAL_USER = "local";

/** What a request brought along. */
export interface Credentials {
  /** Value of the Authorization header. */
  authorization: string | undefined;
  /** Value of the UI's cookie, already taken out of the Cookie header. */
  cookie: string | undefined;
  /** What the page keeps beside the cookie; absent where a browser merely opens an address. */
  pageKey?: string | undefined;
}

export interface Authenticated {
  principal: Principal;
  /** Cookie callers must also pass the origin checks before they may write. */
  via: "bearer" | "cookie" | "link";
  /** A cookie without the page's key may be anybody's on this host: it tells who is signed in, and opens nothing. */
  hasPageKey: boolean;
  /** Or of the shared link. */
  tokenId: string;
  /** Until when the token holds, integer ms since the epoch; null: for ever. */
  expiresAt: number | null;
}

export interface Auth {
  /** Null where there are no credentials or none that hold. Never throws for bad input. */
  authenticate(credentials: Credentials): Promise<Authenticated | null>;
  /** Which of these tokens still hold: live streams ask again and again, in one query for all of them. */
  activeTokens(tokenIds: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * A one-time secret for a sign-in link, good for `expiresInMs`. Whoever opens the link first acts as the holder of
   * the token from then on, and for no longer than it; or as the local user, where the server itself prints the link.
   */
  createSignInCode(holder: Authenticated | "local"): Promise<{ code: string; expiresInMs: number }>;
  /** Whom a code signs in, without using it up; null where it is used, old or made up. */
  whoseSignInCode(code: string): Promise<{ userId: string; name: string } | null>;
  /** Exchanges an unused, unexpired code for the secret that goes into the UI's cookie; null where it does not hold. */
  redeemSignInCode(code: string, address?: string): Promise<BrowserSignIn | null>;
  /** The same for an API token itself, for who has no terminal at hand; null where it does not hold. */
  signInWithToken(token: string, address?: string): Promise<BrowserSignIn | null>;
  /** Lets somebody in as a user, once. @throws GuardFailedError where the user was removed, or has joined */
  invite(invitation: NewInvitation): Promise<{ code: string; expiresAt: number }>;
  /**
   * The same for a user who has lost all tokens: for the operator alone, who has the database anyway.
   * @throws Error where there is no such user
   */
  inviteAgain(userName: string): Promise<{ code: string; expiresAt: number }>;
  /** Whether the user has had a token: from then on nobody else is let in as them. */
  hasJoined(userId: string): Promise<boolean>;
  /** Whom an invitation lets in, without using it up; null where it is used, old or made up. */
  whoseInvitation(code: string): Promise<Invited | null>;
  /** Exchanges an invitation for the user's first token; null where it lets nobody in. */
  redeemInvitation(code: string, address?: string): Promise<FirstToken | null>;
  /** To be called before tokens are revoked and users removed: a restored backup does not bring them back. */
  recordRevocation(entry: RevocationEntry): Promise<void>;
  /** A new token, to be stored, and its secret, which is not. Who may have it is for the caller to decide. */
  newToken(token: NewToken): { token: StoredNewToken; secret: string };
  /** To be called after tokens were revoked: they hold no more from the next request on, and streams are looked at, on all nodes. */
  tokensRevoked(): void;
  /** Calls back after each `tokensRevoked`, on any node; a lost hint leaves it to who asks `activeTokens` again. */
  onRevocation(listener: () => void): void;
}

export interface NewInvitation {
  userId: string;
  /** Of the token that it becomes. */
  scope: Scope;
  by: Principal;
}

export interface Invited {
  userId: string;
  name: string;
}

export interface FirstToken extends Invited {
  scope: Scope;
  tokenId: string;
  secret: string;
}

/** What was taken away, and must not come back with a backup from before. Times are ms since the epoch. */
export type RevocationEntry =
  /** A token, or a used invitation: SHA-256 of the secret, hex. */
  | { tokenHash: string; at: number }
  /** Everything that lets the user in. */
  | { removedUserId: string; at: number }
  /** The user may have new tokens; the old ones stay revoked. */
  | { restoredUserId: string; at: number };

export interface BrowserSignIn {
  cookieSecret: string;
  /** For the page of this very origin, which sends it with each call. */
  pageKey: string;
  /** Integer ms since the epoch. */
  expiresAt: number;
}

export interface NewToken {
  userId: string;
  name: string;
  scope: Scope;
  createdAt: number;
  expiresAt: number | null;
}
