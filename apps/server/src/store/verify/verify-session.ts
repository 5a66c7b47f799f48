import { isDeepStrictEqual } from "node:util";
import type { SessionEvent } from "@trunkline/contract";
import { FoldedRows, keyOf } from "../rows/folded-rows.ts";
import { changesRows } from "../rows/reduce.ts";
import type { FoldedTable, Row } from "../rows/row-change.ts";
import { touchesSession } from "../rows/session-row.ts";
import {
  FILLED_COLUMNS_FROM_BEFORE,
  isFromBefore,
  SESSION_COLUMNS_FROM_BEFORE,
  TASK_COLUMNS_FROM_BEFORE,
} from "./from-before.ts";

/** A session's rows as stored. */
export type StoredRows = { [T in FoldedTable]: Row<T>[] };

/** A row that differs from the log. */
export interface Difference {
  sessionId: string;
  table: FoldedTable;
  /** The row's key. */
  id: string;
  column: string;
  stored: unknown;
  /** The folded value. */
  folded: unknown;
}

export interface SessionReport {
  differences: Difference[];
  /** Rows that were compared only in part, because their logs lack something. */
  fromBefore: number;
}

const TABLES = ["sessions", "tasks", "approvals", "questions", "usage", "blob_refs"] as const;

/**
 * Folds a session's log and compares it with its rows. A fork's own history starts with `session.forked`; the events
 * before it are its parent's.
 * @param log all events of the session, oldest first, or those from the start of its own history on.
 */
export async function verifySession(
  stored: StoredRows,
  log: AsyncIterable<SessionEvent>,
  origin: { type: "created" | "forked" | "imported"; seq: number },
): Promise<SessionReport> {
  const [session] = stored.sessions;
  if (session === undefined) return { differences: [], fromBefore: 0 };
  const folding = new SessionFold(session, origin);
  for await (const event of log) folding.apply(event);
  return folding.compare(stored);
}

class SessionFold {
  readonly #session: Row<"sessions">;
  readonly #origin: { type: "created" | "forked" | "imported"; seq: number };
  readonly #rows: FoldedRows;
  readonly #tasksFromBefore = new Set<string>();
  #sessionFromBefore: ReadonlySet<string> = new Set();
  /** An older import, whose contents were written without events. */
  readonly #isOldImport: boolean;
  #lastSeq = 0;
  #updatedAt: number | undefined;
  #failure: { seq: number; message: string } | undefined;

  constructor(session: Row<"sessions">, origin: { type: "created" | "forked" | "imported"; seq: number }) {
    this.#session = session;
    this.#origin = origin;
    const filledSince = origin.type === "created" ? undefined : 0;
    this.#rows = new FoldedRows(session.id, session.owner_id, filledSince);
    this.#isOldImport = origin.type !== "imported" && session.imported_seq > 0 && session.parent_id === null;
    if (this.#isOldImport) this.#sessionFromBefore = FILLED_COLUMNS_FROM_BEFORE;
  }

  apply(event: SessionEvent): void {
    this.#lastSeq = event.seq;
    if (touchesSession([event])) this.#updatedAt = event.at;
    if (event.type === "session.imported" && event.seq === this.#origin.seq)
      this.#updatedAt = event.data.updatedAt;
    if (event.type === "task.submitted" && isFromBefore(event.data) && event.taskId !== null) {
      this.#tasksFromBefore.add(event.taskId);
    }
    if (
      event.type === "session.created" &&
      event.data.agent === undefined &&
      this.#origin.type === "created"
    ) {
      this.#sessionFromBefore = new Set([...this.#sessionFromBefore, ...SESSION_COLUMNS_FROM_BEFORE]);
    }
    if (event.type === "session.forked" && event.data.title === undefined && this.#origin.type === "forked") {
      this.#sessionFromBefore = FILLED_COLUMNS_FROM_BEFORE;
    }
    if (this.#failure !== undefined || !changesRows(event.type)) return;
    try {
      const reveals = event.seq === this.#origin.seq;
      this.#rows.apply(event, { ownerId: this.#session.owner_id, reveals });
    } catch (error) {
      this.#failure = { seq: event.seq, message: error instanceof Error ? error.message : String(error) };
    }
  }

  compare(stored: StoredRows): SessionReport {
    const { id: sessionId } = this.#session;
    if (this.#failure !== undefined) {
      const { seq, message } = this.#failure;
      const difference = { sessionId, table: "sessions", id: sessionId, column: `event ${seq}` } as const;
      return { differences: [{ ...difference, stored: "in the log", folded: message }], fromBefore: 0 };
    }
    const differences: Difference[] = [];
    for (const table of TABLES) {
      if (this.#isOldImport && table !== "sessions") continue;
      for (const [id, pair] of this.#pairs(table, stored)) {
        const except = this.#columnsFromBefore(table, id, pair.folded ?? pair.stored);
        const columns = new Set([...Object.keys(pair.stored ?? {}), ...Object.keys(pair.folded ?? {})]);
        for (const column of columns) {
          if (except.has(column)) continue;
          const values = { stored: valueOf(pair.stored, column), folded: valueOf(pair.folded, column) };
          if (!isDeepStrictEqual(values.stored, values.folded)) {
            differences.push({ sessionId, table, id, column, ...values });
          }
        }
      }
    }
    const fromBefore = this.#tasksFromBefore.size + (this.#sessionFromBefore.size > 0 ? 1 : 0);
    return { differences, fromBefore };
  }

  /** Stored and folded rows paired by key. */
  #pairs(table: FoldedTable, stored: StoredRows): Map<string, { stored?: object; folded?: object }> {
    const pairs = new Map<string, { stored?: object; folded?: object }>();
    for (const row of stored[table]) pairs.set(keyOf(table, row), { stored: row });
    for (const [id, row] of this.#rows.rows(table)) {
      const folded = table === "sessions" ? this.#completed(row as Row<"sessions">) : row;
      pairs.set(id, { ...pairs.get(id), folded });
    }
    return pairs;
  }

  /** Adds what the engine sets once per commit, and what does not come from events. */
  #completed(row: Row<"sessions">): Row<"sessions"> {
    const { import_key, deleted_at, hidden_by } = this.#session;
    return {
      ...row,
      last_seq: this.#lastSeq,
      updated_at: this.#updatedAt ?? row.updated_at,
      import_key,
      deleted_at,
      hidden_by,
    };
  }

  #columnsFromBefore(table: FoldedTable, id: string, row: object | undefined): ReadonlySet<string> {
    if (table === "sessions") {
      const withOldTasks = this.#tasksFromBefore.size > 0 ? ["next_pos"] : [];
      return new Set([...this.#sessionFromBefore, ...withOldTasks]);
    }
    const taskId = row !== undefined && "task_id" in row ? String(row.task_id) : id;
    return this.#tasksFromBefore.has(taskId) ? TASK_COLUMNS_FROM_BEFORE : new Set();
  }
}

/** JSON is compared by value, not by spelling. */
function valueOf(row: object | undefined, column: string): unknown {
  if (row === undefined) return "no row";
  const value = (row as Record<string, unknown>)[column] ?? null;
  const isJson = /(_json|^request|^question|^answer)$/.test(column) && typeof value === "string";
  return isJson ? (JSON.parse(value) as unknown) : value;
}
