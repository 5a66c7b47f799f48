import { type Kysely, sql } from "kysely";
import { MAX_COUNTED_LAG, type OutboxStore } from "../ports/outbox.ts";
import { type OutboxRow, toEntry } from "../rows/outbox-row.ts";
import type { Database } from "../schema.ts";
import { statement, type WriteStatements } from "../statement.ts";

/** Rows removed per commit. */
const PRUNED_AT_ONCE = 1_000;

/**
 * A single writer assigns the ids, so they are in commit order. Nobody else has the database open, so there is no
 * contention.
 */
export function createSqliteOutbox(db: Kysely<Database>, write: WriteStatements): OutboxStore {
  return {
    async register({ name, types }) {
      const last = sql`coalesce((select seq from sqlite_sequence where name = 'outbox'), 0)`;
      await write([
        statement(sql`delete from outbox_wanted where consumer = ${name}`.compile(db)),
        ...types.map((type) =>
          statement(sql`insert into outbox_wanted (type, consumer) values (${type}, ${name})`.compile(db)),
        ),
        statement(
          sql`insert into outbox_consumers (name, cursor) select ${name}, ${last} where true
            on conflict (name) do nothing`.compile(db),
        ),
      ]);
    },

    claim: async () => true,

    release: async () => undefined,

    async page(name, limit) {
      const { rows } = await sql<OutboxRow & { id: number }>`
        select id, session_id, seq, type, at from outbox
        where id > (select cursor from outbox_consumers where name = ${name})
        order by id limit ${limit}`.execute(db);
      return { entries: rows.map(toEntry), place: rows.at(-1)?.id.toString() };
    },

    async advance(name, _nodeId, place) {
      const advanced = sql`update outbox_consumers set cursor = ${Number(place)} where name = ${name}`;
      await write([statement(advanced.compile(db), 1)]);
      return true;
    },

    async prune() {
      const some = sql`
        select id from outbox where id <= (select min(cursor) from outbox_consumers)
        order by id limit ${PRUNED_AT_ONCE}`;
      const { rows } = await some.execute(db);
      if (rows.length > 0)
        await write([statement(sql`delete from outbox where id in (${some})`.compile(db))]);
      return rows.length === PRUNED_AT_ONCE;
    },

    async lags() {
      const { rows } = await sql<{ name: string; waiting: number; oldestAt: number | null }>`
        select name,
          (select count(*) from (select 1 from outbox where id > cursor limit ${MAX_COUNTED_LAG})) as waiting,
          (select at from outbox where id > cursor order by id limit 1) as "oldestAt"
        from outbox_consumers order by name`.execute(db);
      return rows;
    },
  };
}
