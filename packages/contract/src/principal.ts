/** What a token allows; each scope includes the ones before it. */
export const SCOPES = ["read", "write", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is calling: what authentication found out, and what authorisation decides by. */
export interface Principal {
  userId: string;
  /** For people and audit lines. */
  name: string;
  /** Of the token that the call came with. */
  scopes: readonly Scope[];
  /** That token; absent where nobody called. */
  tokenId?: string;
  /** What it came as: the token itself, or a browser's sign-in; absent where nobody called. */
  via?: "bearer" | "cookie";
  /** Where the call came from, as the audit trail notes it. */
  address?: string;
}

/** @returns the scope and those that it holds, in the order of `SCOPES` */
export function scopesUpTo(scope: Scope): Scope[] {
  return SCOPES.slice(0, SCOPES.indexOf(scope) + 1);
}
