import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { prepareDataDir } from "../../data-dir/data-dir.ts";
import type { VerifyReport } from "../verify/verify-store.ts";
import { openPostgresSource, openPostgresTarget, removePostgresTarget } from "./postgres-raw.ts";
import type { RawKey, RawRow, RawStore, RawTarget } from "./raw-store.ts";
import { openSqliteSource, openSqliteTarget, removeSqliteTarget } from "./sqlite-raw.ts";
import { DERIVED_COLUMNS, LEFT_TABLES, MOVED_TABLES, type MovedTable } from "./tables.ts";
import { TransferError } from "./transfer-error.ts";

export { TransferError } from "./transfer-error.ts";

export interface TransferProgress {
  phase: "copying" | "comparing" | "verifying";
  /** Rows, or sessions where these are verified. */
  done: number;
  of: number;
}

export interface TransferSummary {
  from: string;
  to: string;
  sessions: number;
  events: number;
  /** Of all tables. */
  rows: number;
  /** Of the target with what its logs fold to. As all rows are the source's, the source has the same differences. */
  verified: Pick<VerifyReport, "differing" | "fromBefore" | "sessions">;
  /** An earlier try was gone on with. */
  isResumed: boolean;
}

const TABLES = Object.keys(MOVED_TABLES) as MovedTable[];

/**
 * Copies a stopped store into an empty one of the other engine, in parts that are each stored whole with how far they go: a kill
 * costs the part under way, and the next run goes on there. Then all rows are compared with the source's, and folded anew from
 * the logs; only a store that is whole can be opened by a server. Files stay in the data directory.
 * @param from, to a data directory, or `postgres://…`
 * @throws TransferError DataDirLockedError DataDirError StoreOpenError
 */
export async function migrateStore({
  from,
  to,
  onProgress = () => undefined,
}: {
  from: string;
  to: string;
  onProgress?: (progress: TransferProgress) => void;
}): Promise<TransferSummary> {
  if (isPostgres(from) === isPostgres(to)) {
    throw new TransferError(
      "Name a data directory and a postgres:// address. Between two of a kind use backup and restore, or pg_dump",
    );
  }
  await using source = await (isPostgres(from) ? openPostgresSource(from) : openSqliteSource(from));
  await assertMovable(source);
  const counts = new Map<MovedTable, number>();
  for (const table of TABLES) counts.set(table, await source.count(table));
  const fingerprint = await fingerprintOf(source, counts);

  let target = await openTarget(to);
  let noted: string | undefined;
  try {
    noted = await target.source();
    if (noted !== undefined && noted !== fingerprint) {
      // The source has changed since, or is another one: discard what was copied.
      await target[Symbol.asyncDispose]();
      await (isPostgres(to) ? removePostgresTarget(to) : removeSqliteTarget(to));
      target = await openTarget(to);
      noted = undefined;
    }
    if (noted === undefined) await target.begin(fingerprint);
    const columns = await columnsOf(source, target);
    const of = [...counts.values()].reduce((sum, count) => sum + count, 0);
    await copy(source, target, columns, (done) => onProgress({ phase: "copying", done, of }));
    const rows = await compare(source, target, columns, (done) =>
      onProgress({ phase: "comparing", done, of }),
    ).catch(async (error: unknown) => {
      // What was copied is not the source: gone on with, it would never be.
      if (error instanceof TransferError) await target.forgetSource();
      throw error;
    });
    const verified = await target.verify((progress) =>
      onProgress({ phase: "verifying", done: progress.sessions, of: progress.of }),
    );
    await assertStopped(source, counts);
    await target.finish();
    return {
      from: source.name,
      to: target.name,
      sessions: counts.get("sessions") ?? 0,
      events: counts.get("events") ?? 0,
      rows,
      verified,
      isResumed: noted !== undefined,
    };
  } finally {
    await target[Symbol.asyncDispose]();
  }
}

function isPostgres(address: string): boolean {
  return /^postgres(ql)?:\/\//.test(address);
}

async function openTarget(to: string): Promise<RawTarget> {
  if (isPostgres(to)) return openPostgresTarget(to);
  await prepareDataDir(to);
  return openSqliteTarget(to);
}

/** @throws TransferError */
async function assertMovable(source: RawStore): Promise<void> {
  const unknown = (await source.tables()).filter(
    (table) => !Object.hasOwn(MOVED_TABLES, table) && !LEFT_TABLES.includes(table),
  );
  if (unknown.length > 0) {
    throw new TransferError(
      `${source.name} has tables that this version does not move: ${unknown.join(", ")}`,
    );
  }
  const waiting = await source.waiting();
  if (waiting > 0) {
    throw new TransferError(
      `Consumers of ${source.name} have yet to see ${waiting} events: start the server until doctor says that they are up to date`,
    );
  }
}

/** Distinguishes a changed or different source from the one of the first attempt. */
async function fingerprintOf(source: RawStore, counts: ReadonlyMap<MovedTable, number>): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([...counts]));
  for await (const rows of pages(
    async (after) => source.rows("sessions", ["id", "last_seq", "updated_at"], after),
    ["id"],
  )) {
    hash.update(JSON.stringify(rows));
  }
  return hash.digest("hex");
}

/** @returns each table's columns, the same on both. @throws TransferError */
async function columnsOf(source: RawStore, target: RawStore): Promise<Map<MovedTable, string[]>> {
  const columns = new Map<MovedTable, string[]>();
  for (const table of TABLES) {
    const [own, others] = [await source.columns(table), await target.columns(table)].map((names) =>
      names.filter((name) => !DERIVED_COLUMNS.has(name)).toSorted(),
    ) as [string[], string[]];
    if (!isDeepStrictEqual(own, others)) {
      throw new TransferError(`${table} has other columns in ${source.name} than in ${target.name}`);
    }
    columns.set(table, own);
  }
  return columns;
}

async function copy(
  source: RawStore,
  target: RawTarget,
  columns: ReadonlyMap<MovedTable, string[]>,
  onRows: (done: number) => void,
): Promise<void> {
  const progress = await target.progress();
  let done = 0;
  for (const table of TABLES) {
    if (progress.get(table) === null) {
      done += await target.count(table);
      continue;
    }
    const own = columns.get(table) ?? [];
    const start = progress.get(table) ?? undefined;
    if (start !== undefined) done += await target.count(table);
    const read = async (after: RawKey | undefined) => source.rows(table, own, after);
    for await (const rows of pages(read, MOVED_TABLES[table], start)) {
      await target.insert(table, own, rows, { step: table, after: keyOf(rows.at(-1), MOVED_TABLES[table]) });
      done += rows.length;
      onRows(done);
    }
    await target.insert(table, own, [], { step: table, after: null });
  }
  // The search index is rebuilt, in the order in which the texts were written.
  const inBacklog = ["session_id", "seq"];
  for (const part of source.searchParts) {
    const step = `search: ${part.name}`;
    const start = progress.get(step);
    if (start === null) continue;
    for await (const rows of pages(async (after) => source.searchRows(part, after), part.key, start)) {
      await target.insert("search_backlog", inBacklog, rows, { step, after: keyOf(rows.at(-1), part.key) });
    }
    await target.insert("search_backlog", inBacklog, [], { step, after: null });
  }
}

/** @returns how many rows there are. @throws TransferError naming the first row that is not the same on both */
async function compare(
  source: RawStore,
  target: RawStore,
  columns: ReadonlyMap<MovedTable, string[]>,
  onRows: (done: number) => void,
): Promise<number> {
  let done = 0;
  for (const table of TABLES) {
    const own = columns.get(table) ?? [];
    const key = MOVED_TABLES[table];
    const [expected, found] = [source, target].map((store) =>
      rowsOf(pages(async (after) => store.rows(table, own, after), key)),
    ) as [AsyncGenerator<RawRow, undefined>, AsyncGenerator<RawRow, undefined>];
    for (;;) {
      const [one, other] = [await expected.next(), await found.next()];
      if (one.done === true && other.done === true) break;
      if (!isSame(one.value, other.value, own)) {
        const name = JSON.stringify(keyOf(one.value ?? other.value, key));
        throw new TransferError(
          `${table} ${name} is not the same in ${source.name} and ${target.name}: has something else written to one of them? Run it again`,
        );
      }
      done += 1;
      if (done % 1_000 === 0) onRows(done);
    }
  }
  onRows(done);
  return done;
}

function isSame(one: RawRow | undefined, other: RawRow | undefined, columns: readonly string[]): boolean {
  return (
    columns.every((column) => one?.[column] === other?.[column]) &&
    (one === undefined) === (other === undefined)
  );
}

/** A node that has started meanwhile may have written. @throws TransferError */
async function assertStopped(source: RawStore, counts: ReadonlyMap<MovedTable, number>): Promise<void> {
  for (const [table, count] of counts) {
    if ((await source.count(table)) === count) continue;
    throw new TransferError(
      `${source.name} has changed meanwhile: stop every server on it, and run it again`,
    );
  }
}

async function* pages(
  read: (after: RawKey | undefined) => Promise<RawRow[]>,
  key: readonly string[],
  start?: RawKey,
): AsyncGenerator<RawRow[], void> {
  for (let after = start; ;) {
    const rows = await read(after);
    if (rows.length === 0) return;
    yield rows;
    after = keyOf(rows.at(-1), key);
  }
}

async function* rowsOf(all: AsyncGenerator<RawRow[], void>): AsyncGenerator<RawRow, undefined> {
  for await (const rows of all) yield* rows;
  return undefined;
}

function keyOf(row: RawRow | undefined, key: readonly string[]): RawKey {
  return key.map((column) => row?.[column] ?? "");
}
