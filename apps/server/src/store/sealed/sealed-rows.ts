import { sql, type Kysely } from "kysely";
import type { Database } from "../schema.ts";

/** An encrypted value, and what it was encrypted for. */
export interface SealedValue {
  /** Authenticated with it. */
  belongsTo: string;
  sealed: string;
  /** Stores another in its place, unless it has changed meanwhile. */
  replace(sealed: string): Promise<void>;
  /** Removes what comes anew by itself; absent: somebody has to set it again. */
  remove?(): Promise<void>;
}

interface SealedColumn {
  table: keyof Database;
  column: string;
  key: readonly string[];
  belongsTo: (row: Row) => string;
  /** Whether the server and browsers make it anew where it is missing. */
  isRenewed?: boolean;
}

/**
 * Every encrypted value of the store. A table that gets one has to be added here, or a change of the key makes it
 * unreadable; a test compares this list with the schema.
 */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  {
    table: "project_credentials",
    column: "sealed",
    key: ["project_id"],
    belongsTo: (row: Row) => row["project_id"] ?? "",
  },
  {
    table: "provider_keys",
    column: "sealed",
    key: ["user_id", "provider"],
    belongsTo: (row: Row) => `provider-key ${row["user_id"]} ${row["provider"]}`,
  },
  { table: "mcp_servers", column: "sealed", key: ["id"], belongsTo: (row: Row) => row["id"] ?? "" },
  {
    table: "mcp_authorizations",
    column: "sealed",
    key: ["server_id", "user_id"],
    belongsTo: (row: Row) => `${row["server_id"]} ${row["user_id"]}`,
  },
  {
    table: "push_keys",
    column: "sealed",
    key: ["id", "public_key"],
    belongsTo: (row: Row) => `push-key ${row["public_key"]}`,
    isRenewed: true,
  },
  {
    table: "push_subscriptions",
    column: "sealed",
    key: ["endpoint_hash"],
    belongsTo: (row: Row) => `push ${row["endpoint_hash"]}`,
    isRenewed: true,
  },
  {
    table: "mcp_authorizations",
    column: "pending",
    key: ["server_id", "user_id"],
    belongsTo: (row: Row) => `${row["server_id"]} ${row["user_id"]}`,
  },
];

type Row = Record<string, string | null>;

/** A table's values at a time in memory: there is one per project, user's key or MCP server. */
export async function* sealedValues(db: Kysely<Database>): AsyncGenerator<SealedValue, void> {
  for (const { table, column, key, belongsTo, isRenewed = false } of SEALED_COLUMNS) {
    const value = sql.ref(column);
    const columns = sql.join(key.map((name) => sql.ref(name)));
    const { rows } = await sql<Row>`
      select ${columns}, ${value} as value from ${sql.table(table)} where ${value} is not null`.execute(db);
    for (const row of rows) {
      const sealed = row["value"] ?? "";
      const isRow = sql.join(
        key.map((name) => sql`${sql.ref(name)} = ${row[name]}`),
        sql` and `,
      );
      yield {
        belongsTo: belongsTo(row),
        sealed,
        async replace(next) {
          await sql`update ${sql.table(table)} set ${value} = ${next} where ${isRow} and ${value} = ${sealed}`.execute(
            db,
          );
        },
        ...(isRenewed && {
          async remove() {
            await sql`delete from ${sql.table(table)} where ${isRow} and ${value} = ${sealed}`.execute(db);
          },
        }),
      };
    }
  }
}
