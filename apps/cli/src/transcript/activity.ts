import type { SessionEvent } from "@trunkline/contract";
import { oneLine } from "../terminal/plain-text.ts";
import { describeReason } from "./task-reason.ts";

/**
 * @param before what was awaited until now
 * @returns what is awaited after this event, in a few words; null for nothing
 */
export function activityAfter(event: SessionEvent, before: string | null): string | null {
  switch (event.type) {
    case "task.submitted":
      return before ?? "Queued";
    case "task.interrupted":
      return "Waiting to resume";
    case "task.input-required":
      return `Waiting: ${oneLine(event.data.message ?? describeReason(event.data.reason))}`;
    case "approval.answered":
    case "approval.expired":
    case "question.answered":
    case "question.expired":
      return "Waiting for a free slot";
    case "task.started":
    case "task.resumed":
    case "step.started":
      return "Waiting for the model";
    case "task.completed":
    case "task.failed":
    case "task.canceled":
    case "task.rejected":
      return null;
    default:
      return before;
  }
}
