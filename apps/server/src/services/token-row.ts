import { scopesUpTo, type Token } from "@trunkline/contract";
import type { Kysely } from "kysely";
import type { Database, TokensTable } from "../store/schema.ts";

type TokenRow = Omit<TokensTable, "hash" | "parent_id"> & { userName: string };

/** Everything but the hash, which is nobody's business. */
export function selectTokens(db: Kysely<Database>) {
  return db
    .selectFrom("tokens")
    .innerJoin("users", "users.id", "tokens.user_id")
    .select([
      "tokens.id",
      "tokens.user_id",
      "users.name as userName",
      "tokens.name",
      "tokens.kind",
      "tokens.scope",
      "tokens.created_at",
      "tokens.expires_at",
      "tokens.last_used_at",
      "tokens.revoked_at",
    ]);
}

export function toToken(row: TokenRow): Token {
  return {
    id: row.id,
    userId: row.user_id,
    userName: row.userName,
    name: row.name,
    kind: row.kind,
    scopes: scopesUpTo(row.scope),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}

/**
 * Until when tokens may hold that this caller makes: no longer than the caller's own, or else one that is good for a day
 * could be traded for one that is good for ever. A browser's sign-in ends by itself, and counts as the token behind it.
 *
 * @returns integer ms since the epoch; null: for ever
 */
export async function expiryLimit(db: Kysely<Database>, tokenId: string | undefined): Promise<number | null> {
  if (tokenId === undefined) return null;
  const token = await db
    .selectFrom("tokens")
    .leftJoin("tokens as parent", "parent.id", "tokens.parent_id")
    .select(["tokens.kind", "tokens.expires_at", "parent.expires_at as parentExpiresAt"])
    .where("tokens.id", "=", tokenId)
    .executeTakeFirst();
  return (token?.kind === "browser" ? token.parentExpiresAt : token?.expires_at) ?? null;
}
