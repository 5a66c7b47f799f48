import { type Kysely, type Selectable, sql } from "kysely";
import type { NewToken, StoredToken, TokenStore } from "../ports/tokens.ts";
import type { Database, TokensTable } from "../schema.ts";
import { type Statement, statement, type WriteStatements } from "../statement.ts";
import { insertAudit } from "./audit.ts";
import { takeTurns } from "./take-turns.ts";

export function createTokenStore(db: Kysely<Database>, write: WriteStatements): TokenStore {
  const select = () =>
    db
      .selectFrom("tokens")
      .innerJoin("users", "users.id", "tokens.user_id")
      .selectAll("tokens")
      .select("users.name as user_name");

  return {
    async find(tokenId) {
      const row = await select().where("tokens.id", "=", tokenId).executeTakeFirst();
      return row === undefined ? undefined : toToken(row);
    },

    async findByHash(hash) {
      const query = select().where("tokens.hash", "=", hash).where("users.removed_at", "is", null);
      const row = await query.executeTakeFirst();
      return row === undefined ? undefined : toToken(row);
    },

    async several(tokenIds) {
      const rows = await db
        .selectFrom("tokens")
        .select(["id", "expires_at", "revoked_at"])
        .where("id", "in", tokenIds)
        .execute();
      return rows.map((row) => ({ id: row.id, expiresAt: row.expires_at, revokedAt: row.revoked_at }));
    },

    async page({ userId, endedBy, beforeId, limit }) {
      let query = select().orderBy("tokens.id", "desc").limit(limit);
      if (userId !== undefined) query = query.where("tokens.user_id", "=", userId);
      if (endedBy !== undefined) {
        query = query
          .where("tokens.revoked_at", "is", null)
          .where(({ or, eb }) =>
            or([eb("tokens.expires_at", "is", null), eb("tokens.expires_at", ">", endedBy)]),
          );
      }
      if (beforeId !== undefined) query = query.where("tokens.id", "<", beforeId);
      return (await query.execute()).map(toToken);
    },

    async add(token, { audit, deletesExpired, mayUseBallast = false } = {}) {
      const expired = db
        .deleteFrom("tokens")
        .where("kind", "=", "browser")
        .where("expires_at", "<=", deletesExpired ?? 0);
      await write(
        [
          takeTurns(db, token.userId),
          ...(deletesExpired === undefined ? [] : [statement(expired.compile())]),
          insertToken(db, token),
          ...(audit === undefined ? [] : [insertAudit(db, audit)]),
        ],
        { mayUseBallast },
      );
    },

    async touch(tokenId, at) {
      const touched = db.updateTable("tokens").set({ last_used_at: at }).where("id", "=", tokenId);
      await write([statement(touched.compile())]);
    },

    async revoke(tokenId, at, audit) {
      const revoked = db
        .updateTable("tokens")
        .set({ revoked_at: at })
        .where(({ or, eb }) => or([eb("id", "=", tokenId), eb("parent_id", "=", tokenId)]))
        .where("revoked_at", "is", null);
      const owner = db.selectFrom("tokens").select("user_id").where("id", "=", tokenId);
      // One that is bound to it may be on its way.
      const turns = takeTurns(db, owner.$asScalar());
      await write([turns, statement(revoked.compile()), insertAudit(db, audit)], { mayUseBallast: true });
    },

    async revokeAgain(hashes, at) {
      const named = db.selectFrom("tokens").select("id").where("hash", "in", hashes);
      const revoked = db
        .updateTable("tokens")
        .set({ revoked_at: at })
        .where(({ or, eb }) => or([eb("hash", "in", hashes), eb("parent_id", "in", named)]))
        .where("revoked_at", "is", null);
      await write([statement(revoked.compile())]);
    },
  };
}

/**
 * Matches no row, and so fails its commit, if the user was removed meanwhile, or the token that it is bound to was
 * revoked: in a commit that takes the user's turn.
 */
export function insertToken(db: Kysely<Database>, token: NewToken): Statement {
  const { id, userId, name, kind, scope, parentId, hash, createdAt, expiresAt } = token;
  const parentHolds =
    parentId === null
      ? sql``
      : sql`and exists (select 1 from tokens where id = ${parentId} and revoked_at is null)`;
  const insert = sql`
    insert into tokens (id, user_id, name, kind, scope, parent_id, hash, created_at, expires_at)
    select ${id}, id, ${name}, ${kind}, ${scope}, ${parentId}, ${hash}, ${createdAt}, ${expiresAt}
    from users where id = ${userId} and removed_at is null ${parentHolds}`;
  return statement(insert.compile(db), 1);
}

function toToken(row: Selectable<TokensTable> & { user_name: string }): StoredToken {
  return {
    id: row.id,
    userId: row.user_id,
    userName: row.user_name,
    name: row.name,
    kind: row.kind,
    scope: row.scope,
    parentId: row.parent_id,
    hash: row.hash,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}
