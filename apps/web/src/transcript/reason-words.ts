/** Reasons as text. An unknown one is shown as it is. */
const WORDS: Readonly<Record<string, string>> = {
  approval: "Waiting for approval",
  budget: "Budget exceeded",
  child: "Waiting for a subagent",
  error: "",
  interrupted: "Server stopped",
  limit: "Waiting for usage limit",
  orphaned: "Server crashed",
  question: "Waiting for your answer",
  queued: "",
  "session-deleted": "Session deleted",
  shutdown: "Server shut down",
  steered: "Handed to the running task",
  superseded: "Superseded",
  user: "",
  "user-removed": "User removed",
};

export function reasonWords(reason: string | null): string {
  return reason === null ? "" : (WORDS[reason] ?? reason);
}
