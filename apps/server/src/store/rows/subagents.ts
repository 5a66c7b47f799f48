import type { OpenSubagent } from "../ports/tasks.ts";
import { refuse } from "../refusal.ts";
import type { TaskCore } from "./row-change.ts";

/** @returns those in `tasks.children_json`. */
export function openSubagents({ children_json: json }: Pick<TaskCore, "children_json">): OpenSubagent[] {
  return json === null ? [] : (JSON.parse(json) as OpenSubagent[]);
}

export function withSubagent(row: TaskCore, { callId, sessionId, taskId }: OpenSubagent): string {
  return JSON.stringify([...openSubagents(row), { callId, sessionId, taskId }]);
}

/** @returns the others; null: none. @throws Refused if it has ended: each ends once. */
export function withoutSubagent(row: TaskCore, taskId: string): string | null {
  const open = openSubagents(row);
  const left = open.filter((child) => child.taskId !== taskId);
  if (left.length === open.length) throw refuse("task", `task ${row.id} has no open subagent ${taskId}`);
  return left.length === 0 ? null : JSON.stringify(left);
}
