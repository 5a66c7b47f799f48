import { type Kysely, sql } from "kysely";
import type { SharedLimits } from "../ports/shared-limits.ts";
import type { Database } from "../schema.ts";

/** A node that has not reported its streams for this long counts as gone, with its streams. */
const SILENT = sql`interval '5 seconds'`;

/**
 * A row per bucket says when it will be full again (GCRA), which adds up what several nodes take concurrently. The
 * statements run separately, on a connection for reads, and their tables are unlogged: a limit is not worth a commit
 * that waits for the disk. A statement cut off by a lost connection is repeated, so it may count twice.
 */
export function createPostgresLimits(db: Kysely<Database>): SharedLimits {
  return {
    async exchange(nodeId, { taken, streams }) {
      // In the order of keys on every node: no two can wait for each other.
      const buckets = sql<{ key: string; fullInMs: number }>`
        insert into rate_limits as r (key, full_at)
        select key, statement_timestamp() + ms * interval '1 millisecond'
        from unnest(${[...taken.keys()]}::text[], ${[...taken.values()]}::float8[]) as t (key, ms) order by key
        on conflict (key) do update set
          full_at = greatest(r.full_at, statement_timestamp()) + (excluded.full_at - statement_timestamp())
        returning key, (extract(epoch from full_at - statement_timestamp()) * 1000)::float8 as "fullInMs"`;
      const open = sql`
        with closed as (
          delete from open_streams where node = ${nodeId} and not user_id = any(${[...streams.keys()]}::text[]))
        insert into open_streams (node, user_id, streams, seen_at)
        select ${nodeId}, user_id, streams, statement_timestamp()
        from unnest(${[...streams.keys()]}::text[], ${[...streams.values()]}::int[]) as t (user_id, streams)
        on conflict (node, user_id) do update set streams = excluded.streams, seen_at = excluded.seen_at`;
      const elsewhere = sql<{ userId: string; streams: number }>`
        select user_id as "userId", sum(streams) as streams from open_streams
        where node <> ${nodeId} and seen_at > statement_timestamp() - ${SILENT} group by user_id`;
      const { rows } = taken.size === 0 ? { rows: [] } : await buckets.execute(db);
      await open.execute(db);
      const others = await elsewhere.execute(db);
      return {
        fullInMs: new Map(rows.map(({ key, fullInMs }) => [key, fullInMs])),
        streamsElsewhere: new Map(others.rows.map(({ userId, streams: count }) => [userId, count])),
      };
    },

    async leave(nodeId) {
      await sql`
        with silent as (delete from open_streams where node = ${nodeId} or seen_at < statement_timestamp() - ${SILENT})
        delete from rate_limits where full_at < statement_timestamp()`.execute(db);
    },
  };
}
