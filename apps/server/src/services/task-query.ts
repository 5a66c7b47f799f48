import {
  ACTIVE_TASK_STATES,
  isTerminalTaskState,
  SESSION_DETAIL_TASKS,
  type Task,
  type TaskState,
} from "@trunkline/contract";
import { type Kysely, type SelectQueryBuilder, sql } from "kysely";
import type { Database } from "../store/schema.ts";
import { type TaskRow, toTask } from "./task-row.ts";

/**
 * Pages of tasks. An index gives the tasks of one state in their order, and not those of several together: so each state
 * is read by itself, all in one statement, and no page takes longer the more tasks there are.
 */

/** @returns the active task, those that run next and those that ended last, as many as a detail shows; newest first. */
export async function readDetailTasks(db: Kysely<Database>, sessionId: string): Promise<Task[]> {
  const ofSession = db
    .selectFrom("tasks")
    .selectAll()
    .where("session_id", "=", sessionId)
    .limit(SESSION_DETAIL_TASKS);
  const rows = await together(db, [
    ofSession.where("state", "in", [...ACTIVE_TASK_STATES]),
    ofSession.where("state", "=", "submitted").orderBy("pos"),
    ofSession.where("ended_at", "is not", null).orderBy("ended_at", "desc"),
  ]);
  return rows.slice(0, SESSION_DETAIL_TASKS).map(toTask).toSorted(newestFirst);
}

export interface NewestTasks {
  ownerId: string;
  sessionId: string | undefined;
  states: readonly TaskState[] | undefined;
  /** Only older ones: ids are in the order of their making. */
  beforeId: string | undefined;
  limit: number;
}

/** @returns the newest tasks, in all states or those given. */
export async function readNewestTasks(db: Kysely<Database>, wanted: NewestTasks): Promise<TaskRow[]> {
  const { ownerId, sessionId, states, beforeId, limit } = wanted;
  let newest = db.selectFrom("tasks").selectAll().orderBy("id", "desc").limit(limit);
  if (beforeId !== undefined) newest = newest.where("id", "<", beforeId);
  if (sessionId !== undefined) newest = newest.where("session_id", "=", sessionId);
  else newest = newest.where("owner_id", "=", ownerId);
  if (states === undefined) return newest.execute();
  if (states.length === 0) return [];
  if (sessionId === undefined) {
    const rows = await together(
      db,
      [...new Set(states)].map((state) => newest.where("state", "=", state)),
    );
    return rows.toSorted(newestFirst).slice(0, limit);
  }
  // In a session those that have not ended are few, and read by state; of the others a page is soon found, newest first.
  // The expressions keep the engine from choosing the other way round, which reads all tasks of the session.
  return states.some(isTerminalTaskState)
    ? newest.where(sql<boolean>`coalesce(state, '') in (${sql.join(states)})`).execute()
    : newest
        .where("state", "in", states)
        .clearOrderBy()
        .orderBy(sql`coalesce(id, '')`, "desc")
        .execute();
}

/** @returns the rows of all the queries, in their order, as of one moment. */
async function together(
  db: Kysely<Database>,
  queries: readonly SelectQueryBuilder<Database, "tasks", TaskRow>[],
): Promise<TaskRow[]> {
  const [first, ...others] = queries.map((query) => db.selectFrom(query.as("one")).selectAll());
  if (first === undefined) return [];
  return others.reduce((all, other) => all.unionAll(other), first).execute();
}

function newestFirst(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? 1 : -1;
}
