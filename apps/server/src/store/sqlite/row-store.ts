import type Database from "better-sqlite3";
import type { SessionsTable } from "../schema.ts";
import { type RowChange, type RowReader, TASK_CORE_COLUMNS, type TaskCore } from "../rows/row-change.ts";
import type { StatementCache } from "./statement-cache.ts";

/**
 * The rows of one session within the writer's transaction: reducers read them, and their changes are applied to them.
 */
export class RowStore {
  readonly #statements: StatementCache;
  readonly #session: Database.Statement;
  readonly #task: Database.Statement;
  readonly #firstPos: Database.Statement;
  readonly #queued: Database.Statement;
  readonly #approval: Database.Statement;
  readonly #openApprovals: Database.Statement;
  readonly #question: Database.Statement;
  readonly #openQuestions: Database.Statement;

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

  /** For one event: each row is read once. */
  reader(sessionId: string): RowReader {
    let session: SessionsTable | undefined;
    let isRead = false;
    return {
      session: () => {
        if (!isRead) session = this.#session.get(sessionId) as SessionsTable | undefined;
        isRead = true;
        return session as ReturnType<RowReader["session"]>;
      },
      task: (id) => this.#task.get(id) as TaskCore | undefined,
      firstUnfinishedPos: () => (this.#firstPos.get(sessionId) as number | null) ?? undefined,
      queuedFrom: (pos) => this.#queued.all(sessionId, pos) as Pick<TaskCore, "id" | "pos" | "steers">[],
      approval: (id) => this.#approval.get(id) as ReturnType<RowReader["approval"]>,
      openApprovals: (taskId) => this.#openApprovals.all(sessionId, taskId) as string[],
      question: (id) => this.#question.get(id) as ReturnType<RowReader["question"]>,
      openQuestions: (taskId) => this.#openQuestions.all(sessionId, taskId) as string[],
    };
  }

  apply(sessionId: string, changes: readonly RowChange[]): void {
    for (const change of changes) {
      switch (change.type) {
        case "insert": {
          const columns = Object.keys(change.row);
          const marks = columns.map(() => "?").join(", ");
          const sql = `insert into ${change.table} (${columns.join(", ")}) values (${marks})`;
          this.#statements.run(sql, Object.values(change.row));
          break;
        }
        case "update": {
          const columns = Object.keys(change.set);
          if (columns.length === 0) break;
          const sql = `update ${change.table} set ${columns.map((column) => `${column} = ?`).join(", ")} where id = ?`;
          this.#statements.run(sql, [...Object.values(change.set), change.id]);
          break;
        }
        case "clear":
          this.#statements.run(`delete from ${change.table} where session_id = ?`, [sessionId]);
          break;
      }
    }
  }
}
