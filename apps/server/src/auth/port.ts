import type { Principal } from "@trunkline/contract";

/** What a request brought along. */
export interface Credentials {
  /** Value of the Authorization header. */
  authorization: string | undefined;
  /** Value of the UI's cookie, already taken out of the Cookie header. */
  cookie: string | undefined;
}

export interface Authenticated {
  principal: Principal;
  /** Cookie callers must also pass the origin checks before they may write. */
  via: "bearer" | "cookie";
  tokenId: string;
}

export interface Auth {
  /** Null where there are no credentials or none that hold. Never throws for bad input. */
  authenticate(credentials: Credentials): Promise<Authenticated | null>;
  /** Which of these tokens still hold: live streams ask again and again, in one query for all of them. */
  activeTokens(tokenIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** A one-time secret for the sign-in link, good for `expiresInMs`, for the local user. */
  createSignInCode(): { code: string; expiresInMs: number };
  /** Exchanges an unused, unexpired code for the secret that goes into the UI's cookie; null where it does not hold. */
  redeemSignInCode(code: string): Promise<{ cookieSecret: string; expiresAt: number } | null>;
}
