import { oneLine } from "../terminal/plain-text.ts";

/** Task reasons in words. Unknown ones of a newer server are shown as they are. */
const REASONS: Readonly<Record<string, string>> = {
  approval: "approval",
  question: "your answer",
  child: "a subtask",
  limit: "the provider's rate limit",
  user: "on request",
  superseded: "superseded by another task",
  steered: "handed to the running task",
  "session-deleted": "session deleted",
  "user-removed": "user removed",
  shutdown: "the server stopped",
  orphaned: "the server crashed",
  timeout: "timed out",
  budget: "budget exceeded",
};

export function describeReason(reason: string): string {
  return REASONS[reason] ?? oneLine(reason);
}
