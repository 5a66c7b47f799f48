import type { Session, TaskState } from "@trunkline/contract";

/** Status of a session or task, from the user's point of view. */
export type Status = "needs-you" | "running" | "queued" | "done" | "failed" | "canceled" | "new";

export function statusOfTask(state: TaskState): Status {
  switch (state) {
    case "submitted":
      return "queued";
    case "working":
      return "running";
    case "input-required":
      return "needs-you";
    case "completed":
      return "done";
    case "failed":
    case "rejected":
      return "failed";
    case "canceled":
      return "canceled";
  }
}

/** The active task decides; without one, the last result. */
export function statusOfSession({ status, currentTask }: Pick<Session, "status" | "currentTask">): Status {
  switch (status) {
    case "input-required":
      return "needs-you";
    case "working":
      return "running";
    case "queued":
      return "queued";
    case "idle":
      return currentTask === null ? "new" : statusOfTask(currentTask.state);
  }
}

export const isActive = (status: Status): boolean => status === "running" || status === "needs-you";
