import assert from "node:assert";
import { ACTIVE_TASK_STATES } from "@trunkline/contract";
import { keyOf } from "../rows/folded-rows.ts";
import type { FoldedTable, Row, RowChange, RowReader, TaskCore } from "../rows/row-change.ts";
import type { ApprovalsTable, QuestionsTable } from "../schema.ts";
import { Refused } from "../refusal.ts";
import type { LoadedRows } from "./loaded-rows.ts";
import type { RowsNeeded } from "./rows-needed.ts";

/** A batch's changes of one table: each row once, in its final state. */
export interface TableChanges {
  inserts: Map<string, object>;
  updates: Map<string, Record<string, unknown>>;
  /** Sessions all of whose rows are deleted. */
  clears: Set<string>;
}

const UNFINISHED = new Set(["submitted", "working", "input-required"]);
const ACTIVE: ReadonlySet<string> = new Set(ACTIVE_TASK_STATES);

/**
 * The rows of a batch's sessions, in memory: reducers read them, and their changes are applied to them, commit by
 * commit. The last commit can be undone until the next one starts.
 */
export class BatchRows {
  readonly changes = new Map<FoldedTable, TableChanges>();
  readonly #needed: RowsNeeded;
  readonly #sessions: Map<string, Row<"sessions">>;
  readonly #tasks: Map<string, TaskCore>;
  readonly #approvals: Map<string, ApprovalsTable>;
  readonly #questions: Map<string, QuestionsTable>;
  #undo: (() => void)[] = [];

  constructor(loaded: LoadedRows, needed: RowsNeeded) {
    this.#needed = needed;
    this.#sessions = byId(loaded.sessions);
    this.#tasks = byId(loaded.tasks);
    this.#approvals = byId(loaded.approvals);
    this.#questions = byId(loaded.questions);
  }

  session(id: string): Row<"sessions"> | undefined {
    return this.#sessions.get(id);
  }

  task(id: string): TaskCore | undefined {
    const row = this.#tasks.get(id);
    assert(row !== undefined || this.#needed.tasks.has(id), `task ${id} was not read`);
    return row;
  }

  begin(): void {
    this.#undo = [];
  }

  /** Undoes the last commit. */
  takeBack(): void {
    for (const undo of this.#undo.toReversed()) undo();
    this.#undo = [];
  }

  /** What the engine sets once per session for all events of a commit. */
  raise(id: string, set: Partial<Pick<Row<"sessions">, "last_seq" | "updated_at">>): void {
    const row = this.#sessions.get(id);
    assert(row !== undefined, `session ${id} was not read`);
    this.#set(this.#sessions, id, { ...row, ...set });
  }

  apply(sessionId: string, changes: readonly RowChange[]): void {
    for (const change of changes) {
      switch (change.type) {
        case "insert":
          this.#insert(change.table, change.row as Row<FoldedTable>);
          break;
        case "update":
          this.#update(change.table, change.id, change.set);
          break;
        case "clear":
          this.#clear(change.table, sessionId);
          break;
      }
    }
  }

  reader(sessionId: string): RowReader {
    const unfinished = (): TaskCore[] => {
      assert(this.#needed.unfinishedOf.has(sessionId), `unfinished tasks of ${sessionId} were not read`);
      return [...this.#tasks.values()].filter(
        (row) => row.session_id === sessionId && UNFINISHED.has(row.state),
      );
    };
    const open = (rows: ReadonlyMap<string, ApprovalsTable | QuestionsTable>, taskId: string): string[] => {
      assert(this.#needed.openRequestsOf.has(sessionId), `open requests of ${sessionId} were not read`);
      return [...rows.values()]
        .filter((row) => row.session_id === sessionId && row.task_id === taskId && row.state === "open")
        .map(({ id }) => id);
    };
    return {
      session: () => this.session(sessionId),
      task: (id) => this.task(id),
      firstUnfinishedPos: () =>
        unfinished().reduce<number | undefined>((first, { pos }) => Math.min(first ?? pos, pos), undefined),
      queuedFrom: (pos) => unfinished().filter((row) => row.state === "submitted" && row.pos >= pos),
      approval: (id) => this.#approvals.get(id),
      openApprovals: (taskId) => open(this.#approvals, taskId),
      question: (id) => this.#questions.get(id),
      openQuestions: (taskId) => open(this.#questions, taskId),
    };
  }

  #insert(table: FoldedTable, row: Row<FoldedTable>): void {
    const key =
      table === "usage" || table === "blob_refs"
        ? `${sessionOf(row)} ${keyOf(table, row)}`
        : keyOf(table, row);
    const { inserts } = this.#changesOf(table);
    const rows = this.#rowsOf(table);
    if (inserts.has(key) || rows?.has(key) === true) throw new Refused("unique", `${table}.id`);
    this.#set(inserts, key, row);
    if (rows !== undefined) this.#set(rows, key, row);
  }

  #update(table: FoldedTable, id: string, set: object): void {
    const rows = this.#rowsOf(table);
    const row = rows?.get(id);
    assert(rows !== undefined && row !== undefined, `row ${id} of ${table} was not read`);
    const changed = { ...row, ...set };
    if (table === "tasks") this.#assertOneActive(row as TaskCore, changed as TaskCore);
    this.#set(rows, id, changed);
    const { inserts, updates } = this.#changesOf(table);
    const inserted = inserts.get(id);
    if (inserted === undefined) this.#set(updates, id, { ...updates.get(id), ...set });
    else this.#set(inserts, id, { ...inserted, ...set });
  }

  /** Checked here, because the database's index only sees rows after the whole batch. */
  #assertOneActive(before: TaskCore, after: TaskCore): void {
    if (!ACTIVE.has(after.state) || ACTIVE.has(before.state)) return;
    const { session_id } = after;
    assert(
      this.#needed.activeOf.has(session_id) || this.#needed.unfinishedOf.has(session_id),
      `the active task of ${session_id} was not read`,
    );
    for (const row of this.#tasks.values()) {
      if (row.session_id === session_id && row.id !== after.id && ACTIVE.has(row.state)) {
        throw new Refused("unique", "tasks.session_id");
      }
    }
  }

  #clear(table: FoldedTable, sessionId: string): void {
    const { inserts, updates, clears } = this.#changesOf(table);
    for (const rows of [this.#rowsOf(table) ?? new Map<string, object>(), inserts]) {
      for (const [key, row] of rows) if (sessionOf(row) === sessionId) this.#set(rows, key, undefined);
    }
    for (const id of updates.keys())
      if (this.#rowsOf(table)?.get(id) === undefined) this.#set(updates, id, undefined);
    if (clears.has(sessionId)) return;
    clears.add(sessionId);
    this.#undo.push(() => clears.delete(sessionId));
  }

  #rowsOf(table: FoldedTable): Map<string, object> | undefined {
    switch (table) {
      case "sessions":
        return this.#sessions;
      case "tasks":
        return this.#tasks;
      case "approvals":
        return this.#approvals;
      case "questions":
        return this.#questions;
      // Tables whose rows are only ever added.
      case "usage":
      case "blob_refs":
        return undefined;
    }
  }

  #changesOf(table: FoldedTable): TableChanges {
    let changes = this.changes.get(table);
    if (changes === undefined) {
      changes = { inserts: new Map(), updates: new Map(), clears: new Set() };
      this.changes.set(table, changes);
    }
    return changes;
  }

  #set<Value>(map: Map<string, Value>, key: string, value: Value | undefined): void {
    const had = map.has(key);
    const before = map.get(key);
    if (value === undefined) map.delete(key);
    else map.set(key, value);
    this.#undo.push(() => {
      if (had) map.set(key, before as Value);
      else map.delete(key);
    });
  }
}

function byId<R extends { id: string }>(rows: readonly R[]): Map<string, R> {
  return new Map(rows.map((row) => [row.id, row]));
}

function sessionOf(row: object): string {
  return "session_id" in row ? String(row.session_id) : "";
}
