import { type Kysely, type Selectable, sql } from "kysely";
import type { ShareStore, StoredShare } from "../ports/shares.ts";
import type { Database, SharesTable } from "../schema.ts";
import { statement, type WriteStatements } from "../statement.ts";
import { insertAudit } from "./audit.ts";
import { takeTurns } from "./take-turns.ts";

export function createShareStore(db: Kysely<Database>, write: WriteStatements): ShareStore {
  const select = () =>
    db
      .selectFrom("shares")
      .innerJoin("sessions", "sessions.id", "shares.session_id")
      .selectAll("shares")
      .where("sessions.deleted_at", "is", null);

  return {
    async findByHash(hash) {
      const row = await select().where("shares.hash", "=", hash).executeTakeFirst();
      return row === undefined ? undefined : toShare(row);
    },

    async several(shareIds) {
      const rows = await select().where("shares.id", "in", shareIds).execute();
      return rows.map((row) => ({ id: row.id, expiresAt: row.expires_at, revokedAt: null }));
    },

    async ofSession({ sessionId, ownerId, endedBy }) {
      const rows = await select()
        .where("shares.session_id", "=", sessionId)
        .where("shares.owner_id", "=", ownerId)
        .where(({ or, eb }) =>
          or([eb("shares.expires_at", "is", null), eb("shares.expires_at", ">", endedBy)]),
        )
        .orderBy("shares.id", "desc")
        .execute();
      return rows.map(toShare);
    },

    async find({ id, ownerId }) {
      const row = await select()
        .where("shares.id", "=", id)
        .where("shares.owner_id", "=", ownerId)
        .executeTakeFirst();
      return row === undefined ? undefined : toShare(row);
    },

    async create({ id, sessionId, ownerId, hash, createdAt, expiresAt }, limit, audit) {
      const expired = db
        .deleteFrom("shares")
        .where("session_id", "=", sessionId)
        .where("expires_at", "<=", createdAt);
      const insert = sql`
        insert into shares (id, session_id, owner_id, hash, created_at, expires_at)
        select ${id}, id, owner_id, ${hash}, ${createdAt}, ${expiresAt}
        from sessions where id = ${sessionId} and owner_id = ${ownerId} and deleted_at is null
        and (select count(*) from shares where session_id = ${sessionId}) < ${limit}`;
      await write([
        takeTurns(db, ownerId),
        statement(expired.compile()),
        statement(insert.compile(db), 1),
        insertAudit(db, audit),
      ]);
    },

    async touch(shareId, at) {
      const touched = db.updateTable("shares").set({ last_used_at: at }).where("id", "=", shareId);
      await write([statement(touched.compile())]);
    },

    async delete({ id, ownerId }, audit) {
      const gone = db.deleteFrom("shares").where("id", "=", id).where("owner_id", "=", ownerId);
      await write([statement(gone.compile(), 1), insertAudit(db, audit)], { mayUseBallast: true });
    },

    async forget(hashes) {
      await write([statement(db.deleteFrom("shares").where("hash", "in", hashes).compile())]);
    },
  };
}

function toShare(row: Selectable<SharesTable>): StoredShare {
  return {
    id: row.id,
    sessionId: row.session_id,
    ownerId: row.owner_id,
    hash: row.hash,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  };
}
