import { foldForSearch } from "@trunkline/contract";
import { Client } from "pg";
import { arrayParameter, type ColumnType } from "../postgres/array-parameter.ts";
import { connectionConfig, NO_LIMITS, SCHEMA } from "../postgres/connection-config.ts";
import { Patience } from "../postgres/patience.ts";
import { FILLING_TABLE, prepareDatabase } from "../postgres/prepare-database.ts";
import { verifyPostgres } from "../postgres/verify-postgres.ts";
import { SEARCHED_TYPES } from "../search-text.ts";
import {
  afterKey,
  fitting,
  MAX_ROWS,
  type RawKey,
  type RawRow,
  type RawStore,
  type RawTarget,
} from "./raw-store.ts";
import { MOVED_TABLES, type MovedTable } from "./tables.ts";
import { TransferError } from "./transfer-error.ts";

/** What was not indexed yet when the last node stopped comes after the rest. */
const SEARCH_PARTS = [
  { name: "search_backlog", key: ["id"] },
  { name: "search_documents", key: ["owner_number", "place"] },
  { name: "unindexed", key: ["at", "session_id", "seq"] },
] as const;

const UNINDEXED = `(
  select at, session_id, seq from events e
  where type in (${SEARCHED_TYPES.map((type) => `'${type}'`).join(", ")})
    and not exists (select from search_documents d where d.session_id = e.session_id and d.seq = e.seq)
    and not exists (select from search_backlog b where b.session_id = e.session_id and b.seq = e.seq)
) unindexed`;

const PATIENCE_MS = 5_000;

/** @throws TransferError where nodes run on it; StoreOpenError */
export async function openPostgresSource(url: string): Promise<RawStore> {
  const client = await open(url);
  if (await hasTable(client, FILLING_TABLE)) {
    await client.end();
    throw new TransferError(
      `A migration into ${nameOf(url)} is not finished: run it again before anything else`,
    );
  }
  return rawStore(nameOf(url), client);
}

/** @throws TransferError if it contains anything that no migration put there; StoreOpenError */
export async function openPostgresTarget(url: string): Promise<RawTarget> {
  const client = await open(url);
  const name = nameOf(url);
  const store = rawStore(name, client);
  const types = new Map<string, ColumnType>();

  return {
    ...store,
    async source() {
      if (!(await hasTable(client, FILLING_TABLE))) return undefined;
      const { rows } = await client.query<{ source: string }>(`select source from ${FILLING_TABLE}`);
      return rows[0]?.source;
    },
    async begin(source) {
      for (const table of Object.keys(MOVED_TABLES) as MovedTable[]) {
        if ((await store.count(table)) === 0) continue;
        throw new TransferError(
          `${name} holds a store already (there are ${table}). Name an empty database, or remove it first: drop schema ${SCHEMA} cascade`,
        );
      }
      await client.query("begin");
      await client.query(`create table ${FILLING_TABLE} (source text not null)`);
      await client.query(`insert into ${FILLING_TABLE} (source) values ($1)`, [source]);
      await client.query("create table transfer_progress (step text primary key, after_key text)");
      await client.query("commit");
    },
    async forgetSource() {
      await client.query(`update ${FILLING_TABLE} set source = ''`);
    },
    async progress() {
      const { rows } = await client.query<{ step: string; after_key: string | null }>(
        "select step, after_key from transfer_progress",
      );
      return new Map(
        rows.map(({ step, after_key }) => [
          step,
          after_key === null ? null : (JSON.parse(after_key) as RawKey),
        ]),
      );
    },
    async insert(table, columns, rows, { step, after }) {
      await client.query("begin");
      if (rows.length > 0) {
        const filled = table === "sessions" ? [...columns, "title_folded"] : columns;
        const arrays: string[] = [];
        const values: Buffer[] = [];
        for (const [index, column] of filled.entries()) {
          const type = await typeOf(client, types, table, column);
          arrays.push(`$${index + 1}::${type}[]`);
          values.push(
            arrayParameter(
              type,
              rows.map((row) => valueOf(row, column)),
            ),
          );
        }
        const names = filled.join(", ");
        await client.query(
          `insert into ${table} (${names}) select ${names} from unnest(${arrays.join(", ")}) with ordinality
            as v (${names}, ordinal) order by ordinal`,
          values,
        );
      }
      await client.query(
        `insert into transfer_progress (step, after_key) values ($1, $2)
          on conflict (step) do update set after_key = excluded.after_key`,
        [step, after === null ? null : JSON.stringify(after)],
      );
      await client.query("commit");
    },
    verify: async (onProgress) => verifyPostgres(url, onProgress),
    async finish() {
      await client.query(`begin; drop table transfer_progress; drop table ${FILLING_TABLE}; commit; analyze`);
    },
  };
}

/** Removes the remains of an earlier attempt. @throws TransferError if it is something else */
export async function removePostgresTarget(url: string): Promise<void> {
  const client = await open(url);
  try {
    if (await hasTable(client, FILLING_TABLE)) await client.query(`drop schema ${SCHEMA} cascade`);
  } finally {
    await client.end();
  }
}

async function open(url: string): Promise<Client> {
  const config = connectionConfig(url, "migrate-store", NO_LIMITS);
  await prepareDatabase(config, new Patience(PATIENCE_MS, () => undefined), { isFilled: true });
  const client = new Client(config);
  client.on("error", () => undefined);
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    "select name from nodes where expires_at > extract(epoch from clock_timestamp()) * 1000",
  );
  if (rows.length === 0) return client;
  await client.end();
  throw new TransferError(
    `${nameOf(url)} is in use by ${rows.map(({ name }) => name).join(", ")}: stop all nodes first; one that was killed lets go after some seconds`,
  );
}

function rawStore(name: string, client: Client): RawStore {
  const page = async (
    from: string,
    key: readonly string[],
    columns: readonly string[],
    size: string,
    after: RawKey | undefined,
  ): Promise<RawRow[]> => {
    const where = after === undefined ? "" : `where ${afterKey(key, (index) => `$${index + 1}`)}`;
    const order = `order by ${key.join(", ")}`;
    const sizes = await client.query<{ size: number }>(
      `select ${size} as size from ${from} ${where} ${order} limit ${MAX_ROWS}`,
      after ?? [],
    );
    const limit = fitting(sizes.rows.map((row) => row.size));
    const { rows } = await client.query<RawRow>(
      `select ${columns.join(", ")} from ${from} ${where} ${order} limit ${limit}`,
      after ?? [],
    );
    return rows;
  };

  return {
    name,
    async tables() {
      const { rows } = await client.query<{ name: string }>(
        "select tablename::text as name from pg_tables where schemaname = $1",
        [SCHEMA],
      );
      return rows
        .map((row) => row.name)
        .filter((table) => table !== FILLING_TABLE && table !== "transfer_progress");
    },
    async columns(table) {
      const { rows } = await client.query<{ name: string }>(
        "select column_name::text as name from information_schema.columns where table_schema = $1 and table_name = $2",
        [SCHEMA, table],
      );
      return rows.map((row) => row.name);
    },
    async rows(table, columns, after) {
      const size = columns.map((column) => `coalesce(octet_length(${column}::text), 0)`).join(" + ");
      return page(table, MOVED_TABLES[table], columns, size, after);
    },
    async count(table) {
      const { rows } = await client.query<{ count: number }>(`select count(*) as count from ${table}`);
      return rows[0]?.count ?? 0;
    },
    async waiting() {
      const { rows } = await client.query<{ count: number }>(
        `select count(*) as count from outbox o join outbox_consumers c on (o.xid, o.id) > (c.cursor_xid, c.cursor_id)
          where c.name <> 'search'`,
      );
      return rows[0]?.count ?? 0;
    },
    searchParts: SEARCH_PARTS,
    async searchRows(part, after) {
      const from = part.name === "unindexed" ? UNINDEXED : part.name;
      return page(from, part.key, [...new Set([...part.key, "session_id", "seq"])], "1", after);
    },
    async [Symbol.asyncDispose]() {
      await client.end();
    },
  };
}

function valueOf(row: RawRow, column: string): string | number | null | undefined {
  return column === "title_folded" ? foldForSearch(String(row["title"])) : row[column];
}

async function typeOf(
  client: Client,
  types: Map<string, ColumnType>,
  table: string,
  column: string,
): Promise<ColumnType> {
  if (types.size === 0) {
    const { rows } = await client.query<{ name: string; type: string }>(
      `select table_name || '.' || column_name as name, udt_name::text as type
        from information_schema.columns where table_schema = $1`,
      [SCHEMA],
    );
    for (const { name, type } of rows) {
      types.set(name, type === "text" ? "text" : type === "float8" ? "float8" : "int8");
    }
  }
  return types.get(`${table}.${column}`) ?? "text";
}

async function hasTable(client: Client, table: string): Promise<boolean> {
  const { rows } = await client.query<{ isThere: boolean }>(
    'select to_regclass($1) is not null as "isThere"',
    [`${SCHEMA}.${table}`],
  );
  return rows[0]?.isThere === true;
}

/** Without user and password. */
function nameOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `PostgreSQL at ${host}${pathname}`;
}
