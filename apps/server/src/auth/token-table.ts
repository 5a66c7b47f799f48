import type { Scope } from "@trunkline/contract";
import { type Kysely, sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { Store, Write } from "../store/port.ts";
import type { Database, TokensTable } from "../store/schema.ts";
import { LOCAL_USER } from "./port.ts";
import { hashSecret } from "./secret.ts";

export interface TokenRow {
  userId: string;
  name: string;
  kind: TokensTable["kind"];
  scope: Scope;
  /** Of a browser's sign-in: the token that it is bound to. */
  parentId: string | null;
  secret: string;
  createdAt: number;
  expiresAt: number | null;
}

export interface TokenHolder extends Pick<
  TokensTable,
  "id" | "user_id" | "kind" | "scope" | "hash" | "expires_at" | "last_used_at" | "revoked_at"
> {
  userName: string;
}

/** @returns the local user's id; creates the user at the first start, and writes nothing at a later one. */
export async function ensureLocalUser(store: Store, now: number): Promise<string> {
  const { db } = store;
  const find = db.selectFrom("users").select("id").where("name", "=", LOCAL_USER);
  const known = await find.executeTakeFirst();
  if (known !== undefined) return known.id;
  await store.write([
    db
      .insertInto("users")
      .values({ id: uuidv7(), name: LOCAL_USER, created_at: now, removed_at: null })
      .onConflict((conflict) => conflict.column("name").doNothing())
      .compile(),
  ]);
  return (await find.executeTakeFirstOrThrow()).id;
}

/** Hits no row, and so refuses its unit, where the user was removed meanwhile, or the token it is bound to revoked. */
export function insertToken(db: Kysely<Database>, token: TokenRow): { id: string; write: Write } {
  const { userId, name, kind, scope, parentId, secret, createdAt, expiresAt } = token;
  const id = uuidv7();
  const parentHolds =
    parentId === null
      ? sql``
      : sql`and exists (select 1 from tokens where id = ${parentId} and revoked_at is null)`;
  const insert = sql`
    insert into tokens (id, user_id, name, kind, scope, parent_id, hash, created_at, expires_at)
    select ${id}, id, ${name}, ${kind}, ${scope}, ${parentId}, ${hashSecret(secret)}, ${createdAt}, ${expiresAt}
    from users where id = ${userId} and removed_at is null ${parentHolds}`.compile(db);
  return { id, write: { sql: insert.sql, parameters: insert.parameters, expectRows: 1 } };
}

export async function findTokenByHash(db: Kysely<Database>, hash: string): Promise<TokenHolder | undefined> {
  return db
    .selectFrom("tokens")
    .innerJoin("users", "users.id", "tokens.user_id")
    .select([
      "tokens.id",
      "tokens.user_id",
      "tokens.kind",
      "tokens.scope",
      "tokens.hash",
      "tokens.expires_at",
      "tokens.last_used_at",
      "tokens.revoked_at",
      "users.name as userName",
    ])
    .where("tokens.hash", "=", hash)
    .executeTakeFirst();
}

export function isActive(token: Pick<TokensTable, "expires_at" | "revoked_at">, now: number): boolean {
  return token.revoked_at === null && (token.expires_at === null || now < token.expires_at);
}

/** Signed-in browsers come and go; what has expired is of no use to anybody. */
export function deleteExpiredBrowserTokens(db: Kysely<Database>, now: number): Write {
  return db.deleteFrom("tokens").where("kind", "=", "browser").where("expires_at", "<=", now).compile();
}

export function touchToken(db: Kysely<Database>, tokenId: string, now: number): Write {
  return db.updateTable("tokens").set({ last_used_at: now }).where("id", "=", tokenId).compile();
}

export async function findActiveTokens(
  db: Kysely<Database>,
  tokenIds: readonly string[],
  now: number,
): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom("tokens")
    .select(["id", "expires_at", "revoked_at"])
    .where("id", "in", tokenIds)
    .execute();
  return new Set(rows.filter((row) => isActive(row, now)).map((row) => row.id));
}
