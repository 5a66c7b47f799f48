import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type Database from "better-sqlite3";
import { syncDirectory } from "../backup/sync-directory.ts";
import { lockDataDir } from "../sqlite/data-dir-lock.ts";
import { requireOwner } from "../../data-dir/data-dir.ts";
import { databasePath } from "../sqlite/database-path.ts";
import { migrateDatabase } from "../sqlite/migrate-database.ts";
import { openDatabase } from "../sqlite/open-database.ts";
import { verifyDatabase } from "../sqlite/verify-database.ts";
import {
  afterKey,
  fitting,
  MAX_ROWS,
  type RawKey,
  type RawRow,
  type RawStore,
  type RawTarget,
} from "./raw-store.ts";
import { MOVED_TABLES } from "./tables.ts";
import { TransferError } from "./transfer-error.ts";

const SEARCH_PARTS = [
  { name: "search_backlog", key: ["id"] },
  { name: "search_documents", key: ["id"] },
] as const;

/** Locks the data directory and migrates its database. @throws TransferError DataDirLockedError */
export async function openSqliteSource(dataDir: string): Promise<RawStore> {
  const path = databasePath(dataDir);
  if (!existsSync(path)) throw new TransferError(`There is no database in ${dataDir}`);
  await requireOwner(dataDir);
  const lock = await lockDataDir(dataDir);
  await migrateDatabase(path);
  return rawStore(dataDir, openDatabase(path, "write"), () => lock[Symbol.dispose]());
}

/** Fills a file beside the place of the database, which it takes when it is whole. @throws TransferError DataDirLockedError */
export async function openSqliteTarget(dataDir: string): Promise<RawTarget> {
  const path = databasePath(dataDir);
  const filling = `${path}.migrating`;
  const lock = await lockDataDir(dataDir);
  if (existsSync(path)) {
    lock[Symbol.dispose]();
    throw new TransferError(
      `There is a database in ${dataDir} already. Name another directory, or move it away`,
    );
  }
  await migrateDatabase(filling);
  const database = openDatabase(filling, "write");
  database.exec(`
    create table if not exists transfer_source (source text not null);
    create table if not exists transfer_progress (step text primary key, after_key text);
    -- The index is made when a server first opens the database, in the order of the source.
    drop trigger if exists search_insert;
  `);
  const close = (): void => lock[Symbol.dispose]();
  const setProgress = database.prepare(
    "insert or replace into transfer_progress (step, after_key) values (?, ?)",
  );

  return {
    ...rawStore(dataDir, database, close),
    async source() {
      return database.prepare<[], string>("select source from transfer_source").pluck().get();
    },
    async begin(source) {
      database.prepare("insert into transfer_source (source) values (?)").run(source);
    },
    async forgetSource() {
      database.prepare("update transfer_source set source = ''").run();
    },
    async progress() {
      const rows = database.prepare("select step, after_key from transfer_progress").all() as {
        step: string;
        after_key: string | null;
      }[];
      return new Map(
        rows.map(({ step, after_key }) => [
          step,
          after_key === null ? null : (JSON.parse(after_key) as RawKey),
        ]),
      );
    },
    async insert(table, columns, rows, { step, after }) {
      const marks = columns.map(() => "?").join(", ");
      const insert = database.prepare(`insert into ${table} (${columns.join(", ")}) values (${marks})`);
      database
        .transaction(() => {
          for (const row of rows) insert.run(columns.map((column) => row[column]));
          setProgress.run(step, after === null ? null : JSON.stringify(after));
        })
        .immediate();
    },
    verify: async (onProgress) => verifyDatabase(filling, onProgress),
    async finish() {
      // Makes the next start build the index; see search-index.ts.
      database.pragma("user_version = 0");
      // In one file, which can be moved.
      database.pragma("wal_checkpoint(TRUNCATE)");
      database.close();
      await rename(filling, path);
      await syncDirectory(dataDir);
      // Last: until then they mark the rows above as ours.
      const whole = openDatabase(path, "write");
      whole.exec("drop table transfer_progress; drop table transfer_source");
      whole.close();
    },
  };
}

/** Removes what an earlier try has left. */
export async function removeSqliteTarget(dataDir: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm"]) {
    await rm(`${databasePath(dataDir)}.migrating${suffix}`, { force: true });
  }
}

function rawStore(name: string, database: Database.Database, onClose: () => void): RawStore {
  const page = (
    from: string,
    key: readonly string[],
    columns: readonly string[],
    size: string,
    after: RawKey | undefined,
  ): RawRow[] => {
    const where = after === undefined ? "" : `where ${afterKey(key, () => "?")}`;
    const order = `order by ${key.join(", ")}`;
    const sizes = database
      .prepare(`select ${size} from ${from} ${where} ${order} limit ${MAX_ROWS}`)
      .pluck()
      .all(...(after ?? [])) as number[];
    return database
      .prepare(`select ${columns.join(", ")} from ${from} ${where} ${order} limit ${fitting(sizes)}`)
      .all(...(after ?? [])) as RawRow[];
  };

  return {
    name,
    async tables() {
      return database
        .prepare<[], string>(
          "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'",
        )
        .pluck()
        .all()
        .filter((table) => table !== "search" && !/^search_(data|idx|content|docsize|config)$/.test(table))
        .filter((table) => !table.startsWith("transfer_"));
    },
    async columns(table) {
      return database.prepare<[], string>(`select name from pragma_table_info('${table}')`).pluck().all();
    },
    async rows(table, columns, after) {
      const size = columns.map((column) => `coalesce(octet_length(${column}), 0)`).join(" + ");
      return page(table, MOVED_TABLES[table], columns, size, after);
    },
    async count(table) {
      return database.prepare<[], number>(`select count(*) from ${table}`).pluck().get() ?? 0;
    },
    async waiting() {
      const lag =
        "select count(*) from outbox where id > (select min(cursor) from outbox_consumers where name <> 'search')";
      return database.prepare<[], number>(lag).pluck().get() ?? 0;
    },
    searchParts: SEARCH_PARTS,
    searchRows: async (part, after) => page(part.name, part.key, ["id", "session_id", "seq"], "1", after),
    async [Symbol.asyncDispose]() {
      if (database.open) database.close();
      onClose();
    },
  };
}
