import assert from "node:assert";
import type { SessionEvent } from "@trunkline/contract";
import { reduce } from "./reduce.ts";
import type { AppendContext, FoldedTable, Row, RowChange, RowReader } from "./row-change.ts";
import { newSessionRow } from "./session-row.ts";

type Tables = { [T in FoldedTable]: Map<string, Row<T>> };

/** A table's key columns, besides the session. */
const KEYS: { [T in FoldedTable]: (row: Row<T>) => string } = {
  sessions: ({ id }) => id,
  tasks: ({ id }) => id,
  approvals: ({ id }) => id,
  questions: ({ id }) => id,
  usage: ({ seq }) => String(seq),
  blob_refs: ({ seq, sha256 }) => `${seq} ${sha256}`,
};

/** @returns the row's key within its table and session. */
export function keyOf<T extends FoldedTable>(table: T, row: Row<T>): string {
  return (KEYS[table] as (row: Row<T>) => string)(row);
}

/**
 * The rows of one session folded from its log, in memory, by the reducers that engines run in their transactions. Holds
 * rows, but no events.
 */
export class FoldedRows implements RowReader {
  readonly #sessionId: string;
  readonly #tables: Tables = {
    sessions: new Map(),
    tasks: new Map(),
    approvals: new Map(),
    questions: new Map(),
    usage: new Map(),
    blob_refs: new Map(),
  };

  /** @param filledSince when filling it started (a fork, an import); ms since the epoch. */
  constructor(sessionId: string, ownerId: string, filledSince?: number) {
    this.#sessionId = sessionId;
    if (filledSince === undefined) return;
    const row = newSessionRow({
      id: sessionId,
      ownerId,
      at: filledSince,
      title: "",
      model: null,
      agent: "default",
    });
    this.#tables.sessions.set(sessionId, { ...row, deleted_at: filledSince });
  }

  /** @throws Refused if the rows do not allow the event. */
  apply(event: SessionEvent, context: AppendContext): void {
    for (const change of reduce(event, this, context)) this.#change(change);
  }

  rows<T extends FoldedTable>(table: T): ReadonlyMap<string, Row<T>> {
    return this.#tables[table];
  }

  session(): Row<"sessions"> | undefined {
    return this.#tables.sessions.get(this.#sessionId);
  }

  task(id: string): Row<"tasks"> | undefined {
    return this.#tables.tasks.get(id);
  }

  firstUnfinishedPos(): number | undefined {
    const places = [...this.#tables.tasks.values()]
      .filter(({ state }) => state === "submitted" || state === "working" || state === "input-required")
      .map(({ pos }) => pos);
    return places.length === 0 ? undefined : places.reduce((first, pos) => Math.min(first, pos));
  }

  queuedFrom(pos: number): Row<"tasks">[] {
    return [...this.#tables.tasks.values()].filter((task) => task.state === "submitted" && task.pos >= pos);
  }

  approval(id: string): Row<"approvals"> | undefined {
    return this.#tables.approvals.get(id);
  }

  openApprovals(taskId: string): string[] {
    return openOf(this.#tables.approvals, taskId);
  }

  question(id: string): Row<"questions"> | undefined {
    return this.#tables.questions.get(id);
  }

  openQuestions(taskId: string): string[] {
    return openOf(this.#tables.questions, taskId);
  }

  #change(change: RowChange): void {
    const table = this.#tables[change.table] as Map<string, Row<FoldedTable>>;
    switch (change.type) {
      case "insert": {
        const row = change.row as Row<FoldedTable>;
        table.set(keyOf(change.table, row), row);
        break;
      }
      case "update": {
        const row = table.get(change.id);
        assert(row !== undefined, `there is no row ${change.id} in ${change.table}`);
        table.set(change.id, { ...row, ...change.set } as Row<FoldedTable>);
        break;
      }
      case "clear":
        table.clear();
        break;
    }
  }
}

function openOf(
  requests: ReadonlyMap<string, { id: string; state: string; task_id: string }>,
  taskId: string,
): string[] {
  return [...requests.values()]
    .filter((request) => request.state === "open" && request.task_id === taskId)
    .map(({ id }) => id);
}
