import type Database from "better-sqlite3";
import type { SessionsTable } from "../schema.ts";
import {
  type FoldedTable,
  type RowChange,
  type RowReader,
  TASK_CORE_COLUMNS,
  type TaskCore,
} from "../rows/row-change.ts";
import type { StatementCache } from "./statement-cache.ts";

type Values = Record<string, unknown>;

/** A statement that is still to be run; `id` is missing where the table has no such key. */
interface PendingChange {
  table: FoldedTable;
  type: "insert" | "update";
  id: string | undefined;
  values: Values;
}

/**
 * The rows of one session within the writer's transaction: reducers read them, and their changes are applied to them.
 * Within a commit each session and task is read once and, as a rule, written once: most of a commit's cost would be
 * repeated reads, and updates of the same indexes.
 */
export class RowStore implements RowReader {
  readonly #statements: StatementCache;
  readonly #session: Database.Statement;
  readonly #task: Database.Statement;
  readonly #firstPos: Database.Statement;
  readonly #queued: Database.Statement;
  readonly #approval: Database.Statement;
  readonly #openApprovals: Database.Statement;
  readonly #question: Database.Statement;
  readonly #openQuestions: Database.Statement;
  #sessionId = "";
  /** Undefined: not read yet; null: there is none. */
  #sessionRow: Values | null | undefined;
  readonly #taskRows = new Map<string, Values | undefined>();
  #pending: PendingChange[] = [];
  #hasWritten = false;

  constructor(database: Database.Database, statements: StatementCache) {
    this.#statements = statements;
    this.#session = database.prepare("select * from sessions where id = ?");
    this.#task = database.prepare(`select ${TASK_CORE_COLUMNS.join(", ")} from tasks where id = ?`);
    // The sign: see stable-plan-dialect.ts.
    this.#firstPos = database
      .prepare(
        "select min(pos) from tasks where session_id = +? and state in ('submitted', 'working', 'input-required')",
      )
      .pluck();
    this.#queued = database.prepare(
      "select id, pos, steers from tasks where session_id = ? and state = 'submitted' and pos >= ?",
    );
    this.#approval = database.prepare("select * from approvals where id = ?");
    this.#openApprovals = database
      .prepare("select id from approvals where session_id = ? and state = 'open' and task_id = ?")
      .pluck();
    this.#question = database.prepare("select * from questions where id = ?");
    this.#openQuestions = database
      .prepare("select id from questions where session_id = ? and state = 'open' and task_id = ?")
      .pluck();
  }

  /** Starts a commit: nothing read or changed before is of use any more. */
  begin(sessionId: string): void {
    this.#sessionId = sessionId;
    this.#sessionRow = undefined;
    this.#taskRows.clear();
    this.#pending = [];
    this.#hasWritten = false;
  }

  /** Whether the commit has changed the database, so that refusing it means taking that back. */
  get hasWritten(): boolean {
    return this.#hasWritten;
  }

  session(): ReturnType<RowReader["session"]> {
    if (this.#sessionRow === undefined) {
      this.#sessionRow = (this.#session.get(this.#sessionId) as Values | undefined) ?? null;
    }
    return (this.#sessionRow ?? undefined) as SessionsTable | undefined as ReturnType<RowReader["session"]>;
  }

  task(id: string): TaskCore | undefined {
    if (!this.#taskRows.has(id)) this.#taskRows.set(id, this.#task.get(id) as Values | undefined);
    return this.#taskRows.get(id) as TaskCore | undefined;
  }

  firstUnfinishedPos(): number | undefined {
    this.#flushIfChanged("tasks");
    return (this.#firstPos.get(this.#sessionId) as number | null) ?? undefined;
  }

  queuedFrom(pos: number): Pick<TaskCore, "id" | "pos" | "steers">[] {
    this.#flushIfChanged("tasks");
    return this.#queued.all(this.#sessionId, pos) as Pick<TaskCore, "id" | "pos" | "steers">[];
  }

  approval(id: string): ReturnType<RowReader["approval"]> {
    this.#flushIfChanged("approvals");
    return this.#approval.get(id) as ReturnType<RowReader["approval"]>;
  }

  openApprovals(taskId: string): string[] {
    this.#flushIfChanged("approvals");
    return this.#openApprovals.all(this.#sessionId, taskId) as string[];
  }

  question(id: string): ReturnType<RowReader["question"]> {
    this.#flushIfChanged("questions");
    return this.#question.get(id) as ReturnType<RowReader["question"]>;
  }

  openQuestions(taskId: string): string[] {
    this.#flushIfChanged("questions");
    return this.#openQuestions.all(this.#sessionId, taskId) as string[];
  }

  /** The database has the changes after `flush`, at the latest. */
  apply(changes: readonly RowChange[]): void {
    for (const change of changes) {
      switch (change.type) {
        case "insert":
          this.#insert(change.table, change.row);
          break;
        case "update":
          this.#update(change.table, change.id, change.set);
          break;
        case "clear":
          this.flush();
          this.#run(`delete from ${change.table} where session_id = ?`, [this.#sessionId]);
          this.#taskRows.clear();
          break;
      }
    }
  }

  /** Raises the session's `last_seq` and, with `updated_at`, its place in lists. */
  raise(values: { last_seq: number; updated_at?: number }): void {
    this.#update("sessions", this.#sessionId, values);
  }

  /** Runs what is pending. @throws SqliteError for a violated constraint */
  flush(): void {
    const pending = this.#pending;
    if (pending.length === 0) return;
    this.#pending = [];
    for (const { table, type, id, values } of pending) {
      const columns = Object.keys(values);
      if (type === "insert") {
        const marks = columns.map(() => "?").join(", ");
        this.#run(`insert into ${table} (${columns.join(", ")}) values (${marks})`, Object.values(values));
      } else {
        const set = columns.map((column) => `${column} = ?`).join(", ");
        this.#run(`update ${table} set ${set} where id = ?`, [...Object.values(values), id]);
      }
    }
  }

  #insert(table: FoldedTable, row: Values): void {
    const values = { ...row };
    const id = typeof values["id"] === "string" ? values["id"] : undefined;
    if (table === "sessions") this.#sessionRow = { ...row };
    if (table === "tasks" && id !== undefined) this.#taskRows.set(id, { ...row });
    this.#pending.push({ table, type: "insert", id, values });
  }

  #update(table: FoldedTable, id: string, set: Values): void {
    const values = this.#changed(this.#known(table, id), set);
    if (values === null) return;
    const last = this.#pending.findLast((change) => change.table === table);
    // Only into the table's latest change: another order might violate an index that a transition has to satisfy.
    if (last !== undefined && last.id === id) Object.assign(last.values, values);
    else this.#pending.push({ table, type: "update", id, values });
  }

  /** The row as read, or changed, by this commit. */
  #known(table: FoldedTable, id: string): Values | undefined {
    if (table === "tasks") return this.#taskRows.get(id);
    return table === "sessions" && id === this.#sessionId ? (this.#sessionRow ?? undefined) : undefined;
  }

  /** Takes over what differs: a column that is set, even to what it was, costs an update of each of its indexes. */
  #changed(row: Values | undefined, set: Values): Values | null {
    if (row === undefined) return Object.keys(set).length === 0 ? null : { ...set };
    let changed: Values | null = null;
    for (const column in set) {
      const value = set[column];
      if (row[column] === value) continue;
      row[column] = value;
      changed ??= {};
      changed[column] = value;
    }
    return changed;
  }

  #flushIfChanged(table: FoldedTable): void {
    if (this.#pending.some((change) => change.table === table)) this.flush();
  }

  #run(sql: string, parameters: readonly unknown[]): void {
    this.#hasWritten = true;
    this.#statements.run(sql, parameters);
  }
}
