import assert from "node:assert";
import { nextTaskState, statesThatAllow, type TaskAction, type TaskState } from "@trunkline/contract";
import type { Kysely, UpdateObject } from "kysely";
import type { Write } from "../store/port.ts";
import type { Database } from "../store/schema.ts";

/** Where an action leads, from whichever state it is allowed in: the table gives each action one target. */
function targetOf(action: TaskAction): TaskState {
  const targets = new Set(statesThatAllow(action).map((state) => nextTaskState(state, action)));
  const [target] = targets;
  assert(targets.size === 1 && target !== undefined && target !== null);
  return target;
}

/**
 * The guarded update of a task: it hits exactly one row, or its whole commit unit is rolled back with
 * GuardFailedError. @param attempt the run that acts; a later attempt makes the guard fail.
 */
export function transition(
  db: Kysely<Database>,
  task: { id: string; attempt: number },
  action: TaskAction,
  set: UpdateObject<Database, "tasks">,
): Write {
  const { sql, parameters } = db
    .updateTable("tasks")
    .set({ ...set, state: targetOf(action) })
    .where("id", "=", task.id)
    .where("attempt", "=", task.attempt)
    .where("state", "in", statesThatAllow(action))
    .compile();
  return { sql, parameters, expectRows: 1 };
}
