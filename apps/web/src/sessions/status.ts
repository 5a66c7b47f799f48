import type { Session, TaskState } from "@trunkline/contract";

/** Status of a session or task, from the user's point of view. What a newer server calls otherwise goes on, in some way. */
export type Status = "needs-you" | "running" | "queued" | "done" | "failed" | "canceled" | "new";

export function statusOfTask(state: TaskState): Status {
  switch (state) {
    case "submitted":
      return "queued";
    case "input-required":
      return "needs-you";
    case "completed":
      return "done";
    case "failed":
    case "rejected":
      return "failed";
    case "canceled":
      return "canceled";
    case "working":
    default:
      return "running";
  }
}

/** The active task decides; without one, the last result. */
export function statusOfSession({ status, currentTask }: Pick<Session, "status" | "currentTask">): Status {
  switch (status) {
    case "input-required":
      return "needs-you";
    case "queued":
      return "queued";
    case "idle":
      return currentTask === null ? "new" : statusOfTask(currentTask.state);
    case "working":
    default:
      return "running";
  }
}

export const isActive = (status: Status): boolean => status === "running" || status === "needs-you";
