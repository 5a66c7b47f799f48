import { type Kysely, type RawBuilder, sql } from "kysely";
import { MAX_COUNTED_LAG, type OutboxStore } from "../ports/outbox.ts";
import { GuardFailedError } from "../port.ts";
import { type OutboxRow, toEntry } from "../rows/outbox-row.ts";
import type { Database } from "../schema.ts";
import { type Statement, statement, type WriteStatements } from "../statement.ts";

/** Rows removed per commit. */
const PRUNED_AT_ONCE = 1_000;

/**
 * Commit order on PostgreSQL. An entry has its transaction's id, which is assigned when the transaction first writes,
 * not when it commits. So only entries of transactions below the oldest one in progress are read: nothing can come
 * before them any more. They are read by (xid, id), and a cursor is such a pair; a sequence alone would skip late
 * commits.
 */
export function createPostgresOutbox(db: Kysely<Database>, write: WriteStatements): OutboxStore {
  /** Runs statements, one of which must change a row. @returns whether it did. */
  const changes = async (...statements: Statement[]): Promise<boolean> => {
    try {
      await write(statements);
      return true;
    } catch (error) {
      if (error instanceof GuardFailedError) return false;
      throw error;
    }
  };
  const one = (query: RawBuilder<unknown>): Statement => statement(query.compile(db), 1);
  const any = (query: RawBuilder<unknown>): Statement => statement(query.compile(db));

  /** A cluster restored from a dump counts transactions from a lower number than its entries and cursors have. */
  async function renumberAfterRestore(): Promise<void> {
    const { rows } = await sql<{ isRestored: boolean }>`
      select exists (select from outbox where xid >= pg_snapshot_xmax(pg_current_snapshot()))
        or exists (select from outbox_consumers where cursor_xid > pg_snapshot_xmax(pg_current_snapshot()))
        as "isRestored"`.execute(db);
    if (rows[0]?.isRestored !== true) return;
    await write([
      any(sql`lock table outbox, outbox_consumers in access exclusive mode`),
      any(sql`update outbox_consumers c set cursor_xid = '0', cursor_id =
        (select count(*) from outbox o where (o.xid, o.id) <= (c.cursor_xid, c.cursor_id))`),
      any(sql`
        with old as (delete from outbox returning *)
        insert into outbox (xid, id, session_id, seq, type, at)
        select '0', row_number() over (order by xid, id), session_id, seq, type, at from old`),
    ]);
  }

  return {
    async register({ name, types }) {
      await renumberAfterRestore();
      // In the same row order on every node that starts.
      await write([
        any(sql`
          insert into outbox_consumers (name, cursor_xid, cursor_id)
          select ${name}, pg_snapshot_xmin(pg_current_snapshot()), 0 on conflict (name) do nothing`),
        any(
          sql`delete from outbox_wanted where consumer = ${name} and not type = any(${[...types]}::text[])`,
        ),
        any(sql`
          insert into outbox_wanted (type, consumer) select type, ${name} from unnest(${[...types]}::text[]) as w (type)
          order by type on conflict do nothing`),
      ]);
    },

    claim: async (name, nodeId, leaseMs) =>
      changes(
        one(sql`
          update outbox_consumers
          set holder = ${nodeId}, held_until = clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond'
          where name = ${name} and (holder is null or holder = ${nodeId} or held_until < clock_timestamp())`),
      ),

    async release(name, nodeId) {
      await write([
        any(sql`update outbox_consumers set holder = null where name = ${name} and holder = ${nodeId}`),
      ]);
    },

    async page(name, limit) {
      const { rows } = await sql<OutboxRow & { xid: string; id: number }>`
        select xid::text as xid, id, session_id, seq, type, at from outbox
        where (xid, id) > (
            (select cursor_xid from outbox_consumers where name = ${name}),
            (select cursor_id from outbox_consumers where name = ${name}))
          and xid < pg_snapshot_xmin(pg_current_snapshot())
        order by outbox.xid, outbox.id limit ${limit}`.execute(db);
      const last = rows.at(-1);
      return { entries: rows.map(toEntry), place: last === undefined ? undefined : `${last.xid} ${last.id}` };
    },

    async advance(name, nodeId, place) {
      const [xid, id] = place.split(" ");
      return changes(
        one(sql`
          update outbox_consumers set cursor_xid = ${xid}::xid8, cursor_id = ${id}::bigint
          where name = ${name} and holder = ${nodeId}`),
      );
    },

    async prune() {
      const some = sql`
        select xid, id from outbox
        where (xid, id) <= (select cursor_xid, cursor_id from outbox_consumers order by cursor_xid, cursor_id limit 1)
        order by xid, id limit ${PRUNED_AT_ONCE}`;
      const { rows } = await some.execute(db);
      if (rows.length > 0) await write([any(sql`delete from outbox where (xid, id) in (${some})`)]);
      return rows.length === PRUNED_AT_ONCE;
    },

    async lags() {
      const { rows } = await sql<{ name: string; waiting: number; oldestAt: number | null }>`
        select c.name, count(o.at) as waiting, min(o.at) as "oldestAt"
        from outbox_consumers c left join lateral (
          select at from outbox o where (o.xid, o.id) > (c.cursor_xid, c.cursor_id)
          order by o.xid, o.id limit ${MAX_COUNTED_LAG}
        ) o on true group by c.name order by c.name`.execute(db);
      return rows;
    },
  };
}
