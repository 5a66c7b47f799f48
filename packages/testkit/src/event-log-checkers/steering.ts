import assert from "node:assert/strict";
import type { SessionEvent } from "@trunkline/contract";
import { describe } from "./piece-events.ts";

/**
 * A message to a running task is handed over exactly once, to a task that runs then, with the words last set; its own
 * task ends with that, and never starts.
 */
export function assertSteeringHandedOverOnce(events: readonly SessionEvent[]): void {
  const prompts = new Map<string, string>();
  const handed = new Set<string>();
  const ended = new Set<string>();
  const started = new Set<string>();
  let active: string | null = null;
  for (const event of events) {
    const { taskId, type } = event;
    if (taskId === null) continue;
    if (type === "task.submitted") prompts.set(taskId, event.data.prompt);
    else if (type === "task.updated" && event.data.prompt !== undefined)
      prompts.set(taskId, event.data.prompt);
    else if (type === "task.started" || type === "task.resumed") {
      started.add(taskId);
      active = taskId;
      if (handed.has(taskId)) assert.fail(`task ${taskId} was handed over, and starts at ${describe(event)}`);
    } else if (type === "task.steered") {
      const id = event.data.steeredTaskId;
      if (taskId !== active) assert.fail(`task ${taskId} does not run at ${describe(event)}`);
      if (id === undefined) continue;
      if (handed.has(id)) assert.fail(`task ${id} is handed over a second time at ${describe(event)}`);
      if (started.has(id)) assert.fail(`task ${id} has started, and is handed over at ${describe(event)}`);
      assert.equal(event.data.prompt, prompts.get(id), `what ${describe(event)} hands over`);
      handed.add(id);
    } else if (type === "task.canceled" && event.data.reason === "steered") ended.add(taskId);
  }
  assert.deepEqual(ended, handed, "messages that ended as handed over, and those that were");
}
