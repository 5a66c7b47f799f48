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

const DECISIONS: Readonly<Record<string, string>> = {
  allow: "Allowed",
  always: "Always allowed",
  deny: "Denied",
};

/** What was decided on an approval, with the same of newer ones. */
export function describeDecision(decision: string): string {
  return DECISIONS[decision] ?? `Answered ${oneLine(decision)}`;
}

export function describeReason(reason: string): string {
  return REASONS[reason] ?? oneLine(reason);
}
