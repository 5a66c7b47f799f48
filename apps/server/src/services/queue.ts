import {
  type EditTaskInput,
  type MoveTaskInput,
  type Principal,
  type Task,
  TrunklineError,
} from "@trunkline/contract";
import { type Kysely, sql } from "kysely";
import type { Log } from "../log/port.ts";
import { type CommitUnit, GuardFailedError, type Store, type Write } from "../store/port.ts";
import type { Database } from "../store/schema.ts";
import { requireTask } from "./ownership.ts";
import { type TaskRow, toTask } from "./task-row.ts";

/** What may be done to a task while it waits in its session's queue. */
export interface Queue {
  edit(principal: Principal, input: EditTaskInput): Promise<Task>;
  move(principal: Principal, input: MoveTaskInput): Promise<Task>;
}

export function createQueue({ store, log }: { store: Store; log: Log }): Queue {
  async function change(principal: Principal, unit: CommitUnit, taskId: string): Promise<Task> {
    try {
      await log.append(unit);
    } catch (error) {
      if (error instanceof GuardFailedError) throw notQueued(taskId);
      throw error;
    }
    return toTask(await requireTask(store.db, principal, taskId));
  }

  return {
    async edit(principal, { taskId, prompt }) {
      const task = await requireTask(store.db, principal, taskId);
      const { sql: text, parameters } = store.db
        .updateTable("tasks")
        .set({ prompt })
        .where("id", "=", taskId)
        .where("state", "=", "submitted")
        .where("attempt", "=", 0)
        .compile();
      const unit: CommitUnit = {
        sessionId: task.session_id,
        events: [{ taskId, type: "task.updated", data: { prompt } }],
        writes: [{ sql: text, parameters, expectRows: 1 }],
      };
      return change(principal, unit, taskId);
    },

    async move(principal, { taskId, beforeTaskId }) {
      const task = await requireTask(store.db, principal, taskId);
      if (beforeTaskId !== null) await requireTask(store.db, principal, beforeTaskId);
      if (beforeTaskId === taskId) return toTask(task);
      const unit: CommitUnit = {
        sessionId: task.session_id,
        events: [{ taskId, type: "task.updated", data: { beforeTaskId } }],
        writes: beforeTaskId === null ? moveToEnd(store.db, task) : moveBefore(store.db, task, beforeTaskId),
      };
      return change(principal, unit, taskId);
    },
  };
}

function notQueued(taskId: string): TrunklineError {
  return new TrunklineError(
    "task_not_queued",
    `Task ${taskId}, or the one it was to go before, no longer waits in the session's queue`,
  );
}

/** Makes room by raising everything from the target on: one statement, however long the queue is. */
function moveBefore(db: Kysely<Database>, task: TaskRow, beforeTaskId: string): Write[] {
  const target = sql`(select pos from tasks where id = ${beforeTaskId} and session_id = ${task.session_id} and state = 'submitted')`;
  const shift = sql`
    update tasks set pos = pos + 1
    where session_id = ${task.session_id} and state = 'submitted' and pos >= ${target}`.compile(db);
  const place = sql`
    update tasks set pos = ${target} - 1
    where id = ${task.id} and state = 'submitted' and exists ${target}`.compile(db);
  return [shift, { ...place, expectRows: 1 }, raiseNextPos(db, task)].map(plain);
}

function moveToEnd(db: Kysely<Database>, task: TaskRow): Write[] {
  const place = sql`
    update tasks set pos = (select next_pos from sessions where id = ${task.session_id})
    where id = ${task.id} and state = 'submitted'`.compile(db);
  return [{ ...place, expectRows: 1 }, raiseNextPos(db, task)].map(plain);
}

function raiseNextPos(db: Kysely<Database>, task: TaskRow): Write {
  return db
    .updateTable("sessions")
    .set({ next_pos: sql<number>`next_pos + 1` })
    .where("id", "=", task.session_id)
    .compile();
}

function plain({ sql: text, parameters, expectRows }: Write): Write {
  return { sql: text, parameters, expectRows };
}
