import { ACTIVE_TASK_STATES, foldForSearch } from "@trunkline/contract";
import type { FoldedTable } from "../rows/row-change.ts";
import type { Statement } from "../statement.ts";
import { arrayParameter, type ColumnType } from "./array-parameter.ts";
import type { BatchRows, TableChanges } from "./batch-rows.ts";
import type { BatchWrites, EndedBlock, EventToStore } from "./evaluate-batch.ts";
import type { PlannedEvent } from "./planned-commit.ts";
import { TABLE_COLUMNS } from "./table-columns.ts";

/** Before the tables that refer to them. */
const TABLES = ["sessions", "tasks", "approvals", "questions", "usage", "blob_refs"] as const;

const ACTIVE: ReadonlySet<unknown> = new Set(ACTIVE_TASK_STATES);

/** A batch's result in few statements: each table's rows together. */
export function batchStatements(
  writes: BatchWrites,
  mark: { lane: string; batch: number; at: number },
): Statement[] {
  const changes = TABLES.flatMap((table) => {
    const of = writes.rows.changes.get(table);
    return of === undefined ? [] : [{ table, ...of }];
  });
  return [
    ...changes.flatMap(({ table, clears }) => (clears.size === 0 ? [] : [clearRows(table, clears)])),
    ...(writes.endedBlocks.length === 0 ? [] : [deletePieces(writes.endedBlocks)]),
    // Deactivate one task of a session before activating another: the index checks each row as it is written.
    ...changes.flatMap((of) => updateRows(of, (row) => !ACTIVE.has(row["state"]))),
    ...changes.flatMap(({ table, inserts }) =>
      inserts.size === 0 ? [] : [insertRows(table, [...inserts.values()])],
    ),
    ...changes.flatMap((of) => updateRows(of, (row) => ACTIVE.has(row["state"]))),
    ...writes.statements,
    storeEvents(writes.events, writes.raised, writes.rows, mark),
  ];
}

function clearRows(table: FoldedTable, sessions: ReadonlySet<string>): Statement {
  return {
    sql: `delete from ${table} where session_id = any($1::text[])`,
    parameters: [arrayParameter("text", [...sessions])],
  };
}

function deletePieces(blocks: readonly EndedBlock[]): Statement {
  return {
    sql: `
      delete from events using unnest($1::text[], $2::int8[], $3::text[]) as ended (session_id, seq, block_id)
      where events.session_id = ended.session_id and events.seq >= ended.seq and events.block_id = ended.block_id`,
    parameters: [
      arrayParameter(
        "text",
        blocks.map(({ sessionId }) => sessionId),
      ),
      arrayParameter(
        "int8",
        blocks.map(({ fromSeq }) => fromSeq),
      ),
      arrayParameter(
        "text",
        blocks.map(({ blockId }) => blockId),
      ),
    ],
  };
}

function insertRows(table: FoldedTable, rows: readonly object[]): Statement {
  const columns = columnsOf(table, Object.keys(rows[0] ?? {}));
  const names = columns.map(({ name }) => name).join(", ");
  return {
    sql: `insert into ${table} (${names}) select ${names} from ${unnested(columns)}`,
    parameters: parametersOf(columns, rows),
  };
}

function updateRows(
  { table, updates }: TableChanges & { table: FoldedTable },
  isWanted: (set: Record<string, unknown>) => boolean,
): Statement[] {
  const groups = new Map<string, { columns: string[]; rows: object[] }>();
  for (const [id, set] of updates) {
    if (!isWanted(set)) continue;
    const columns = Object.keys(set).toSorted();
    if (columns.length === 0) continue;
    const key = columns.join();
    const group = groups.get(key) ?? { columns, rows: [] };
    group.rows.push({ ...set, id });
    groups.set(key, group);
  }
  return [...groups.values()].map(({ columns: changed, rows }) => {
    const columns = columnsOf(table, ["id", ...changed]);
    const sets = columns.flatMap(({ name }) => (name === "id" ? [] : [`${name} = v.${name}`]));
    return {
      sql: `update ${table} as t set ${sets.join(", ")} from ${unnested(columns)} where t.id = v.id`,
      parameters: parametersOf(columns, rows),
    };
  });
}

interface Column {
  name: string;
  type: ColumnType;
  valueOf: (row: Readonly<Record<string, unknown>>) => unknown;
}

/** A title is always written together with its folded form. */
function columnsOf(table: FoldedTable, names: readonly string[]): Column[] {
  const types: Readonly<Record<string, ColumnType>> = TABLE_COLUMNS[table];
  const columns = names.map((name): Column => ({
    name,
    type: types[name] ?? "text",
    valueOf: (row) => row[name],
  }));
  if (table !== "sessions" || !names.includes("title")) return columns;
  const folded: Column = {
    name: "title_folded",
    type: "text",
    valueOf: (row) => foldForSearch(String(row["title"])),
  };
  return [...columns, folded];
}

function unnested(columns: readonly Column[]): string {
  const arrays = columns.map(({ type }, index) => `$${index + 1}::${type}[]`).join(", ");
  return `unnest(${arrays}) as v (${columns.map(({ name }) => name).join(", ")})`;
}

function parametersOf(columns: readonly Column[], rows: readonly object[]): Buffer[] {
  return columns.map(({ type, valueOf }) =>
    arrayParameter(
      type,
      rows.map((row) => valueOf(row as Readonly<Record<string, unknown>>)),
    ),
  );
}

/** The events, the last seqs of their sessions, and the mark that tells whether all this was committed. */
function storeEvents(
  events: readonly EventToStore[],
  raised: ReadonlySet<string>,
  rows: BatchRows,
  { lane, batch, at }: { lane: string; batch: number; at: number },
): Statement {
  const sessions = [...raised].flatMap((id) => rows.session(id) ?? []);
  if (events.length === 0 && sessions.length === 0) return { sql: SET_MARK, parameters: [lane, batch, at] };
  return {
    sql: STORE_EVENTS,
    parameters: [
      lane,
      batch,
      at,
      arrayParameter(
        "text",
        events.map(({ sessionId }) => sessionId),
      ),
      arrayParameter(
        "int8",
        events.map(({ seq }) => seq),
      ),
      arrayParameter(
        "text",
        events.map(({ event }) => event.taskId),
      ),
      arrayParameter(
        "int8",
        events.map(({ event }) => event.attempt),
      ),
      arrayParameter(
        "text",
        events.map(({ event }) => event.type),
      ),
      arrayParameter(
        "text",
        events.map(({ event }) => event.blockId),
      ),
      arrayParameter(
        "int8",
        events.map((event) => event.at),
      ),
      arrayParameter(
        "text",
        events.map(({ event }) => event.json),
      ),
      arrayParameter(
        "text",
        sessions.map(({ id }) => id),
      ),
      arrayParameter(
        "int8",
        sessions.map(({ last_seq }) => last_seq),
      ),
      arrayParameter(
        "int8",
        sessions.map(({ updated_at }) => updated_at),
      ),
      arrayParameter(
        "int8",
        events.map(({ event }) => (mayBeTold(event) ? 1 : 0)),
      ),
    ],
  };
}

/** Imported events happened elsewhere, and no consumer wants pieces. */
function mayBeTold({ seq, blockId }: PlannedEvent): boolean {
  return seq === null && blockId === null;
}

const SET_MARK = `
  insert into commit_marks (lane, batch, at) values ($1, $2, $3)
  on conflict (lane) do update set batch = excluded.batch, at = excluded.at`;

const STORE_EVENTS = `
  with stored as (
    insert into events (session_id, seq, task_id, attempt, type, block_id, at, data)
    select * from unnest($4::text[], $5::int8[], $6::text[], $7::int8[], $8::text[], $9::text[], $10::int8[], $11::text[])
  ), raised as (
    update sessions as s set last_seq = v.last_seq, updated_at = v.updated_at
    from unnest($12::text[], $13::int8[], $14::int8[]) as v (id, last_seq, updated_at) where s.id = v.id
  ), told as (
    insert into outbox (session_id, seq, type, at)
    select session_id, seq, type, at
    from unnest($4::text[], $5::int8[], $8::text[], $10::int8[], $15::int8[])
      with ordinality as v (session_id, seq, type, at, may_be_told, ordinal)
    where may_be_told = 1 and type in (select w.type from outbox_wanted w)
    order by ordinal
  )${SET_MARK}`;
