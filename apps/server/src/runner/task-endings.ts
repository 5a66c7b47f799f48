import {
  type EventBody,
  type EventDraft,
  type OpenItems,
  statesThatAllow,
  type TaskAction,
  type TaskError,
  type TaskReason,
} from "@trunkline/contract";
import type { Waits } from "../agent/port.ts";
import type { AppendOptions, StoredDraft } from "../store/port.ts";
import type { CancelRequest } from "./port.ts";
import type { Holder } from "./run-sink.ts";

/** How a task leaves `working` or `input-required`, or never enters them. */
export type Ending =
  | { type: "completed"; result: string; events?: readonly EventBody[] }
  | { type: "failed"; reason: TaskReason; error: TaskError }
  | { type: "canceled"; request: CancelRequest }
  /** It waits for answers, and releases its slot. */
  | ({ type: "input-required" } & Waits)
  /** Back to the head of the queue. */
  | { type: "interrupted"; reason: "orphaned" | "shutdown" };

/**
 * The one commit that ends an attempt: closes what it left open, and says how it ended. It is refused if the task has
 * ended otherwise or another attempt has started, so there is only one.
 * @param more events to commit before the ending.
 */
export function endingAppend(
  { sessionId, taskId, attempt }: Holder,
  open: OpenItems,
  ending: Ending,
  now: number,
  more: readonly StoredDraft[] = [],
): [sessionId: string, events: StoredDraft[], options: AppendOptions] {
  const last = (ending.type === "completed" ? (ending.events ?? []) : []).map((event) => ({
    ...event,
    taskId,
  }));
  const ended = last.flatMap((event) => open.endedBlockOf(event) ?? []);
  const isEnded = (event: EventBody): boolean =>
    ended.some(({ blockId }) => blockId === open.endedBlockOf(event)?.blockId);
  // A call that asks the user lives on while its task waits.
  const isHeld = (event: EventBody): boolean =>
    ending.type === "input-required" &&
    event.type === "tool.ended" &&
    ending.questions.some(({ callId }) => callId === event.data.callId);
  const closing = [
    ...last,
    ...open
      .closing(ending.type === "canceled" ? "canceled" : "interrupted", now)
      .filter((event) => !isEnded(event) && !isHeld(event)),
  ];
  const events: StoredDraft[] = [
    ...closing.map((event) => ({ ...event, attempt })),
    ...more,
    endingEvent(taskId, attempt, ending),
  ];
  return [
    sessionId,
    events,
    {
      endedBlocks: closing.flatMap((event) => open.endedBlockOf(event) ?? []),
      expect: { task: { id: taskId, attempt, states: statesThatAllow(ACTIONS[ending.type]) } },
      mayUseBallast: ending.type !== "input-required",
    },
  ];
}

const ACTIONS: Record<Ending["type"], TaskAction> = {
  completed: "complete",
  failed: "fail",
  canceled: "cancel",
  "input-required": "require-input",
  interrupted: "interrupt",
};

function endingEvent(taskId: string, attempt: number, ending: Ending): EventDraft {
  switch (ending.type) {
    case "completed":
      return { taskId, type: "task.completed", data: { result: ending.result } };
    case "failed":
      return { taskId, type: "task.failed", data: { reason: ending.reason, error: ending.error } };
    case "canceled":
      return {
        taskId,
        type: "task.canceled",
        data: { reason: ending.request.reason, by: ending.request.by },
      };
    case "input-required":
      return { taskId, type: "task.input-required", data: { reason: waitReason(ending), ...ending.limit } };
    case "interrupted":
      return {
        taskId,
        type: "task.interrupted",
        data: { attempt: Math.max(1, attempt), reason: ending.reason },
      };
  }
}

function waitReason({ approvals, questions, children = [] }: Waits): TaskReason {
  if (approvals.length > 0) return "approval";
  if (children.length > 0) return "child";
  return questions.length > 0 ? "question" : "limit";
}
