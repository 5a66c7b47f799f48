import type { SessionEvent } from "@trunkline/contract";
import { oneLine } from "../terminal/plain-text.ts";

/**
 * @param before what was awaited until now
 * @returns what is awaited after this event, in a few words; null for nothing
 */
export function activityAfter(event: SessionEvent, before: string | null): string | null {
  switch (event.type) {
    case "task.submitted":
      return before ?? "queued";
    case "task.interrupted":
      return "waiting to go on";
    case "task.input-required":
      return `waiting for an answer (${oneLine(event.data.reason)})`;
    case "approval.answered":
    case "approval.expired":
      return "waiting for its turn";
    case "task.started":
    case "task.resumed":
    case "step.started":
      return "thinking";
    case "task.completed":
    case "task.failed":
    case "task.canceled":
    case "task.rejected":
      return null;
    default:
      return before;
  }
}
