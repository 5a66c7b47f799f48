import { oneLine } from "../terminal/plain-text.ts";

/** Why a task is in its state, in words. A newer server may know more of them; those are shown as they are. */
const REASONS: Readonly<Record<string, string>> = {
  approval: "approval",
  question: "your answer",
  child: "a subtask",
  limit: "the provider's rate limit",
  user: "on request",
  superseded: "superseded by another task",
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
