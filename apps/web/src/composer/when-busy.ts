import type { KeyboardEvent } from "react";

/** What a message does while a task runs: waits for its turn, is handed to the task, or takes its place. */
export type WhenBusy = "enqueue" | "steer" | "interrupt";

/** Enter queues, ⌘/Ctrl steers, ⇧ with it interrupts: the more it does, the more keys it takes. */
export function whenBusyOf(event: Pick<KeyboardEvent, "metaKey" | "ctrlKey" | "shiftKey">): WhenBusy {
  if (!event.metaKey && !event.ctrlKey) return "enqueue";
  return event.shiftKey ? "interrupt" : "steer";
}
