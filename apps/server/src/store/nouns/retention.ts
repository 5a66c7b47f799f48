import { type Expression, type ExpressionBuilder, type Kysely, sql, type SqlBool } from "kysely";
import { GuardFailedError } from "../port.ts";
import type { RetentionStore } from "../ports/retention.ts";
import type { Database } from "../schema.ts";
import { statement, type WriteStatements } from "../statement.ts";
import { insertAudit } from "./audit.ts";
import type { Dialect } from "./dialect.ts";

const ROW = 1;

export function createRetentionStore(
  db: Kysely<Database>,
  write: WriteStatements,
  { now, storedBytes }: Pick<Dialect, "now" | "storedBytes">,
): RetentionStore {
  const stale = (query: Parameters<RetentionStore["countStale"]>[0]) =>
    db
      .selectFrom("sessions as s")
      .where("s.deleted_at", "is", null)
      .where("s.parent_session_id", "is", null)
      .where((eb) => isStale(eb, query));

  return {
    async claim(nodeId, leaseMs) {
      const expires_at = sql<number>`${now} + ${leaseMs}`;
      const claimed = db
        .insertInto("retention")
        .values({ id: ROW, node: nodeId, expires_at })
        .onConflict((conflict) =>
          conflict
            .column("id")
            .doUpdateSet({ node: nodeId, expires_at })
            .where(({ or, eb }) =>
              or([eb("retention.node", "=", nodeId), eb("retention.expires_at", "<=", now)]),
            ),
        );
      try {
        await write([statement(claimed.compile(), 1)], { mayUseBallast: true });
        return true;
      } catch (error) {
        if (error instanceof GuardFailedError) return false;
        throw error;
      }
    },

    async clock() {
      const row = await db.selectFrom("retention").selectAll().where("id", "=", ROW).executeTakeFirst();
      if (row === undefined || row.seen_at === null) return undefined;
      return { seenAt: row.seen_at, heldUntil: row.held_until, gapMs: row.gap_ms };
    },

    async noteClock(nodeId, { seenAt, heldUntil, gapMs }) {
      const noted = db
        .updateTable("retention")
        .set({ seen_at: seenAt, held_until: heldUntil, gap_ms: gapMs })
        .where("id", "=", ROW)
        .where("node", "=", nodeId);
      await write([statement(noted.compile(), 1)], { mayUseBallast: true });
    },

    async newestChange() {
      const row = await db
        .selectFrom("sessions")
        .select(({ fn }) => fn.max("updated_at").as("at"))
        .executeTakeFirst();
      // The greatest of none is null.
      return row?.at ?? undefined;
    },

    async stale({ after, limit, ...query }) {
      let page = stale(query)
        .select(["s.id", "s.owner_id", "s.archived_at", "s.last_seq", "s.updated_at"])
        .select([LAST_AT.as("last_at"), IS_BUSY.as("is_busy"), DESCENDANTS.as("descendants")])
        .orderBy("s.updated_at")
        .orderBy("s.id")
        .limit(limit);
      if (after !== undefined) {
        page = page.where(sql<boolean>`(s.updated_at, s.id) > (${after.updatedAt}, ${after.id})`);
      }
      return (await page.execute()).map((row) => ({
        id: row.id,
        ownerId: row.owner_id,
        isArchived: row.archived_at !== null,
        lastSeq: row.last_seq,
        lastAt: Number(row.last_at),
        isBusy: Boolean(row.is_busy),
        descendants: Number(row.descendants),
        updatedAt: row.updated_at,
      }));
    },

    async countStale(query) {
      const row = await stale(query)
        .select(({ fn }) => fn.countAll().as("count"))
        .executeTakeFirst();
      return Number(row?.count ?? 0);
    },

    async storedBytes() {
      const { rows } = await sql<{ bytes: number | string }>`
        select ${storedBytes} + (
          select coalesce(sum(bytes), 0) from blobs
          where exists (select 1 from blob_refs where blob_refs.sha256 = blobs.sha256)) as bytes`.execute(db);
      return Number(rows[0]?.bytes ?? 0);
    },

    async storedBytesOf(sessionId) {
      const ofSessions = sql`session_id in (select id from sessions where id = ${sessionId} or root_session_id = ${sessionId})`;
      // Twice, as text is in the search index as well.
      const { rows } = await sql<{ bytes: number | string }>`
        select (select coalesce(sum(2 * (octet_length(data) + 100)), 0) from events where ${ofSessions})
          + (select coalesce(sum(bytes), 0) from blobs
             where sha256 in (select sha256 from blob_refs where ${ofSessions})) as bytes`.execute(db);
      return Number(rows[0]?.bytes ?? 0);
    },

    async retire({ id, lastSeq, lastAt, descendants }, { at, nodeId }, audit) {
      const hidden = { deleted_at: at, hidden_by: nodeId };
      const session = db
        .updateTable("sessions")
        .set(hidden)
        .where("id", "=", id)
        .where("deleted_at", "is", null)
        .where("last_seq", "=", lastSeq).where(sql<boolean>`not exists (
          select 1 from tasks where tasks.state in ('submitted', 'working', 'input-required') and tasks.session_id in (
            select f.id from sessions f where f.id = ${id} or f.root_session_id = ${id}))`);
      const below = db
        .updateTable("sessions")
        .set(hidden)
        .where("root_session_id", "=", id)
        .where("updated_at", "<=", lastAt);
      await write(
        [statement(session.compile(), 1), statement(below.compile(), descendants), insertAudit(db, audit)],
        { mayUseBallast: true },
      );
    },
  };
}

/**
 * When something last happened in the session `s` or those of its subagents. The row's time is that of the document where it was
 * imported, so the newest event counts.
 */
const LAST_AT = sql<number | string>`(
  select max(e.at) from events e join sessions f on f.id = e.session_id and f.last_seq = e.seq
  where f.id = s.id or f.root_session_id = s.id)`;

const IS_BUSY = sql<number | boolean>`exists (
  select 1 from tasks where tasks.state in ('submitted', 'working', 'input-required') and tasks.session_id in (
    select f.id from sessions f where f.id = s.id or f.root_session_id = s.id))`;

const DESCENDANTS = sql<number | string>`(select count(*) from sessions f where f.root_session_id = s.id)`;

function isStale(
  { or, and, eb }: ExpressionBuilder<Database & { s: Database["sessions"] }, "s">,
  { archivedBefore, idleBefore }: { archivedBefore: number | null; idleBefore: number | null },
): Expression<SqlBool> {
  // Of the row first: it is never later, and at hand.
  const since = (before: number) => [eb("s.updated_at", "<=", before), sql<boolean>`${LAST_AT} <= ${before}`];
  return or([
    ...(archivedBefore === null
      ? []
      : [and([eb("s.archived_at", "is not", null), ...since(archivedBefore)])]),
    ...(idleBefore === null ? [] : [and(since(idleBefore))]),
  ]);
}
