import type { EventBody, EventType } from "../event.ts";
import type { TaskAction, TerminalTaskState } from "../task-state.ts";

/** The transition that each task event stands for. */
const ACTIONS: Readonly<Partial<Record<EventType, TaskAction>>> = {
  "task.started": "start",
  "task.interrupted": "interrupt",
  "task.input-required": "require-input",
  "task.resumed": "resume",
  "task.completed": "complete",
  "task.failed": "fail",
  "task.canceled": "cancel",
  "task.rejected": "reject",
};

/** @returns the action of this event type; null if it does not change a task's state. */
export function taskActionOf(type: EventType): TaskAction | null {
  return ACTIONS[type] ?? null;
}

export const TASK_END_TYPES = ["task.completed", "task.failed", "task.canceled", "task.rejected"] as const;
type TaskEndType = (typeof TASK_END_TYPES)[number];

const END_STATES: Readonly<Record<string, TerminalTaskState>> = {
  "task.completed": "completed",
  "task.failed": "failed",
  "task.canceled": "canceled",
  "task.rejected": "rejected",
} satisfies Record<TaskEndType, TerminalTaskState>;

type TaskEnd = Extract<EventBody, { type: TaskEndType }>;

/** @returns the final state that the event leads to; null for other events. */
export function endStateOf(event: TaskEnd): TerminalTaskState;
export function endStateOf(event: Pick<EventBody, "type">): TerminalTaskState | null;
export function endStateOf({ type }: Pick<EventBody, "type">): TerminalTaskState | null {
  return Object.hasOwn(END_STATES, type) ? (END_STATES[type] ?? null) : null;
}

export function isTaskEnd<E extends EventBody>(event: E): event is Extract<E, { type: TaskEndType }> {
  return endStateOf(event) !== null;
}
