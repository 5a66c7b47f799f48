/** What a token allows; each scope includes the ones before it. */
export const SCOPES = ["read", "write", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** The caller, as authenticated; authorisation decides by it. */
export interface Principal {
  userId: string;
  /** For people and the audit trail. */
  name: string;
  /** Scope of the token used. */
  scopes: readonly Scope[];
  /** The token; absent for calls without one. */
  tokenId?: string;
  /** How it was presented: as a token, by a browser's sign-in, or as the secret of a shared link; absent for calls without one. */
  via?: "bearer" | "cookie" | "link";
  /** Of a shared link: the session that it opens. Such a caller is no user: `userId` is the link's own id. */
  share?: { sessionId: string; ownerId: string };
  /** Client address, for the audit trail. */
  address?: string;
}

/** @returns the scope and all that it includes, in the order of `SCOPES` */
export function scopesUpTo(scope: Scope): Scope[] {
  return SCOPES.slice(0, SCOPES.indexOf(scope) + 1);
}
