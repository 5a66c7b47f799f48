import { foldForSearch } from "@trunkline/contract";
import { type Kysely, sql } from "kysely";
import type { SessionStore } from "../ports/sessions.ts";
import { newSessionRow } from "../rows/session-row.ts";
import type { Database } from "../schema.ts";
import { type Statement, statement, type WriteStatements } from "../statement.ts";
import { insertAudit } from "./audit.ts";
import { deleteOf as deleteBudget } from "./budgets.ts";
import type { Dialect } from "./dialect.ts";
import { logParts } from "./log-parts.ts";
import { perDatabase } from "./per-database.ts";
import { selectSessions, toSession } from "./session-rows.ts";

/** Rows removed per commit. */
const ROWS_AT_ONCE = 500;

const LAST = Number.MAX_SAFE_INTEGER;

/** All but `insertLog`, which folds rows and is therefore the engine's. */
export function createSessionStore(
  db: Kysely<Database>,
  write: WriteStatements,
  dialect: Dialect,
): Omit<SessionStore, "insertLog"> {
  /** Deletes the query's rows in batches. */
  async function deleteInParts(table: "approvals" | "questions" | "tasks", sessionId: string): Promise<void> {
    const some = db.selectFrom(table).select("id").where("session_id", "=", sessionId).limit(ROWS_AT_ONCE);
    while ((await some.limit(1).executeTakeFirst()) !== undefined) {
      await write([statement(db.deleteFrom(table).where("id", "in", some).compile())], {
        mayUseBallast: true,
      });
    }
  }

  async function isHidden(sessionId: string): Promise<boolean> {
    const visible = await db
      .selectFrom("sessions")
      .select("id")
      .where("id", "=", sessionId)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    return visible === undefined;
  }

  return {
    async find(ownerId, sessionId) {
      const row = await selectSessions(db)
        .where("s.id", "=", sessionId)
        .where("s.owner_id", "=", ownerId)
        .executeTakeFirst();
      return row === undefined ? undefined : toSession(row);
    },

    async lastSeq(ownerId, sessionId) {
      const { rows } = await db.executeQuery(lastSeqOf(db, [sessionId, ownerId]));
      return rows[0]?.last_seq;
    },

    async lastSeqs(sessionIds) {
      const rows = await db
        .selectFrom("sessions")
        .select(["id", "last_seq"])
        .where("id", "in", sessionIds)
        .where("deleted_at", "is", null)
        .execute();
      return new Map(rows.map((row) => [row.id, row.last_seq]));
    },

    async ownerOf(sessionId) {
      const row = await db
        .selectFrom("sessions")
        .select("owner_id")
        .where("id", "=", sessionId)
        .executeTakeFirst();
      return row?.owner_id;
    },

    async page({ ownerId, archived, text, parentSessionId = null, after, limit }) {
      let query = selectSessions(db)
        .where("s.owner_id", "=", ownerId)
        .where("s.parent_session_id", parentSessionId === null ? "is" : "=", parentSessionId)
        .where("s.archived_at", archived ? "is not" : "is", null)
        .orderBy("s.updated_at", "desc")
        .orderBy("s.id", "desc")
        .limit(limit);
      if (text !== undefined) {
        query = query.where(dialect.titleContains(foldForSearch(text)));
      }
      if (after !== undefined) {
        query = query.where(sql<boolean>`(s.updated_at, s.id) < (${after.sort}, ${after.id})`);
      }
      return (await query.execute()).map(toSession);
    },

    async several(ownerId, sessionIds) {
      const rows = await selectSessions(db)
        .where("s.id", "in", sessionIds)
        .where("s.owner_id", "=", ownerId)
        .execute();
      return rows.map(toSession);
    },

    async importedAs(ownerId, importKey) {
      const row = await db
        .selectFrom("sessions")
        .select("id")
        .where("owner_id", "=", ownerId)
        .where("import_key", "=", importKey)
        .where("deleted_at", "is", null)
        .executeTakeFirst();
      return row?.id;
    },

    async idsOf(ownerId) {
      const rows = await db.selectFrom("sessions").select("id").where("owner_id", "=", ownerId).execute();
      return rows.map(({ id }) => id);
    },

    async ownersOf(sessionIds) {
      const rows = await db
        .selectFrom("sessions")
        .select(["id", "owner_id"])
        .where("id", "in", sessionIds)
        .execute();
      return new Map(rows.map(({ id, owner_id }) => [id, owner_id]));
    },

    async descendantsOf(sessionId) {
      const rows = await db.selectFrom("sessions").select("id").where(isBelow(sessionId)).execute();
      return rows.map(({ id }) => id);
    },

    async abandoned() {
      const rows = await db
        .selectFrom("sessions")
        .leftJoin("nodes", (join) =>
          join.onRef("nodes.id", "=", "sessions.hidden_by").on("nodes.expires_at", ">", dialect.now),
        )
        .select(["sessions.id", "sessions.hidden_by"])
        .where("sessions.deleted_at", "is not", null)
        .where("nodes.id", "is", null)
        .execute();
      return rows.map((row) => ({ id: row.id, hiddenBy: row.hidden_by }));
    },

    async adopt({ id, hiddenBy }, nodeId) {
      const adopted = db
        .updateTable("sessions")
        .set({ hidden_by: nodeId })
        .where("id", "=", id)
        .where("deleted_at", "is not", null)
        .where("hidden_by", hiddenBy === null ? "is" : "=", hiddenBy);
      await write([statement(adopted.compile(), 1)], { mayUseBallast: true });
    },

    async begin({ id, ownerId, importKey = null, lastSeq = 0, at, hiddenBy }) {
      const row = newSessionRow({ id, ownerId, at, title: "", model: null, agent: "default" });
      const hidden = {
        ...row,
        import_key: importKey,
        last_seq: lastSeq,
        deleted_at: at,
        hidden_by: hiddenBy,
      };
      await write([statement(db.insertInto("sessions").values(hidden).compile(), 1)]);
    },

    async copyLog(fromId, toId, upToSeq) {
      for await (const { after, end } of logParts(db, fromId, upToSeq)) {
        await write([copyEvents(db, fromId, toId, after, end), copyBlobRefs(db, fromId, toId, after, end)]);
      }
    },

    async hide({ id, at, hiddenBy }, audit) {
      const hidden = db
        .updateTable("sessions")
        .set({ deleted_at: at, hidden_by: hiddenBy })
        .where(({ or, eb }) => or([eb("id", "=", id), isBelow(id)]));
      await write([statement(hidden.compile()), insertAudit(db, audit)], { mayUseBallast: true });
    },

    isHidden,

    async remove(sessionId) {
      if (!(await isHidden(sessionId))) return;
      for await (const { end } of logParts(db, sessionId, LAST)) {
        const events = db.deleteFrom("events").where("session_id", "=", sessionId).where("seq", "<=", end);
        await write([statement(events.compile())], { mayUseBallast: true });
      }
      await deleteInParts("approvals", sessionId);
      await deleteInParts("questions", sessionId);
      await deleteInParts("tasks", sessionId);
      const refs = db.deleteFrom("blob_refs").where("session_id", "=", sessionId);
      await write([statement(refs.compile())], { mayUseBallast: true });
      await write([statement(deleteBudget(db, { scope: "session", id: sessionId }).compile())], {
        mayUseBallast: true,
      });
      const shares = db.deleteFrom("shares").where("session_id", "=", sessionId);
      await write([statement(shares.compile())], { mayUseBallast: true });
      const told = db.deleteFrom("push_deliveries").where("session_id", "=", sessionId);
      await write([statement(told.compile())], { mayUseBallast: true });
      const session = db
        .deleteFrom("sessions")
        .where("id", "=", sessionId)
        .where("deleted_at", "is not", null);
      await write([statement(session.compile())], { mayUseBallast: true });
    },
  };
}

/** Sessions of subagents of the session, and of theirs. */
function isBelow(sessionId: string) {
  return sql<boolean>`(parent_session_id = ${sessionId} or root_session_id = ${sessionId})`;
}

function copyEvents(
  db: Kysely<Database>,
  fromId: string,
  toId: string,
  after: number,
  end: number,
): Statement {
  return statement(
    sql`
    insert into events (session_id, seq, task_id, attempt, type, block_id, at, data)
    select ${toId}, seq, task_id, attempt, type, block_id, at, data
    from events where session_id = ${fromId} and seq > ${after} and seq <= ${end}`.compile(db),
  );
}

/** Blobs that the copied events refer to. */
function copyBlobRefs(
  db: Kysely<Database>,
  fromId: string,
  toId: string,
  after: number,
  end: number,
): Statement {
  return statement(
    sql`
    insert into blob_refs (session_id, seq, sha256)
    select ${toId}, seq, sha256 from blob_refs
    where session_id = ${fromId} and seq > ${after} and seq <= ${end}`.compile(db),
  );
}

const lastSeqOf = perDatabase((db) =>
  db
    .selectFrom("sessions")
    .select("last_seq")
    .where("id", "=", "")
    .where("owner_id", "=", "")
    .where("deleted_at", "is", null)
    .compile(),
);
