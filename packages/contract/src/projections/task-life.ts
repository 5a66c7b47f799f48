import type { EventBody, EventType } from "../event.ts";
import type { TaskAction, TerminalTaskState } from "../task-state.ts";

/** What the table of task states calls each event that moves a task. */
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

/** @returns the action that an event of this type is; null where it moves no task. */
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

/** @returns the state that the event ends its task in; null for every other event. */
export function endStateOf(event: TaskEnd): TerminalTaskState;
export function endStateOf(event: Pick<EventBody, "type">): TerminalTaskState | null;
export function endStateOf({ type }: Pick<EventBody, "type">): TerminalTaskState | null {
  return Object.hasOwn(END_STATES, type) ? (END_STATES[type] ?? null) : null;
}

export function isTaskEnd<E extends EventBody>(event: E): event is Extract<E, { type: TaskEndType }> {
  return endStateOf(event) !== null;
}
