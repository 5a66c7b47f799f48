import { Client } from "pg";
import { connectionConfig, NO_LIMITS } from "../postgres/connection-config.ts";
import type { Reclaimed } from "./reclaim-sqlite.ts";

/** Rewrites the tables of a database that no node runs on: each is locked meanwhile. */
export async function reclaimPostgres(url: string): Promise<Reclaimed> {
  const client = new Client(connectionConfig(url, "vacuum", NO_LIMITS));
  client.on("error", () => undefined);
  await client.connect();
  try {
    const size = async (): Promise<number> => {
      const { rows } = await client.query<{ bytes: number }>(
        `select coalesce(sum(pg_total_relation_size(c.oid)), 0) as bytes from pg_class c
         where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace`,
      );
      return rows[0]?.bytes ?? 0;
    };
    const before = await size();
    const { rows: tables } = await client.query<{ name: string }>(
      "select quote_ident(tablename) as name from pg_tables where schemaname = current_schema() order by tablename",
    );
    for (const { name } of tables) await client.query(`vacuum (full, analyze) ${name}`);
    return { before, after: await size(), skipped: null };
  } finally {
    await client.end();
  }
}
