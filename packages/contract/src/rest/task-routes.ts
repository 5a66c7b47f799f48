import type { ProcedurePath, RestRoute } from "./route.ts";

/** Routes of the tasks of a session. */
export const TASK_ROUTES = {
  "task.submit": {
    method: "POST",
    path: "/tasks",
    status: 201,
    summary: "Submit a task",
    description:
      "Returns once the task is committed; it then runs on the server, whether or not anybody is watching. Without " +
      "`sessionId` it starts a new session. The same `idempotencyKey` returns the first task.",
    example: { prompt: "say: hello" },
    reasons: [
      "not_found",
      "model_unknown",
      "session_busy",
      "subagent_session",
      "steering_full",
      "idempotency_conflict",
      "agent_unknown",
      "session_archived",
    ],
  },
  "task.list": {
    method: "GET",
    path: "/tasks",
    status: 200,
    summary: "List your tasks, newest first",
    reasons: ["not_found", "cursor_invalid"],
  },
  "task.get": {
    method: "GET",
    path: "/tasks/{taskId}",
    status: 200,
    summary: "Read a task",
    reasons: ["not_found"],
  },
  "task.edit": {
    method: "PATCH",
    path: "/tasks/{taskId}",
    status: 200,
    summary: "Change the prompt of a queued task",
    example: { prompt: "say: hello again" },
    reasons: ["not_found", "task_not_queued"],
  },
  "task.steer": {
    method: "POST",
    path: "/tasks/{taskId}/steer",
    status: 200,
    summary: "Hand a queued task's prompt to the running task",
    description:
      "The running task gets the prompt after its current tool call, and the queued task ends: `canceled`, with the " +
      "reason `steered`. If the running task ends first, the prompt becomes the next task. If no other task runs or is " +
      "next, the task is returned unchanged.",
    reasons: ["not_found", "task_not_queued", "steering_full"],
  },
  "task.move": {
    method: "POST",
    path: "/tasks/{taskId}/move",
    status: 200,
    summary: "Move a queued task",
    example: { beforeTaskId: null },
    reasons: ["not_found", "task_not_queued"],
  },
  "task.cancel": {
    method: "POST",
    path: "/tasks/{taskId}/cancel",
    status: 200,
    summary: "Cancel a task",
    description:
      "A queued task is canceled immediately; a running one once its processes have ended, for which the call waits a " +
      "few seconds. A task that has already ended is returned unchanged.",
    reasons: ["not_found"],
  },
  "task.retry": {
    method: "POST",
    path: "/tasks/{taskId}/retry",
    status: 201,
    summary: "Retry an ended task, as a new task",
    description:
      "With the same budget, or another one. The same `idempotencyKey` returns the first new task; tasks that are submitted " +
      "and those that are retried share their keys.",
    example: { budget: { costUsd: 0.5 } },
    reasons: [
      "not_found",
      "task_not_terminal",
      "idempotency_conflict",
      "session_archived",
      "subagent_session",
    ],
  },
  "task.resume": {
    method: "POST",
    path: "/tasks/{taskId}/resume",
    status: 200,
    summary: "Try a rate-limited task now",
    description:
      "A task whose provider is rate-limited for long waits in `input-required` with the reason `limit`, and resumes " +
      "once the limit resets. This resumes it now. Any other task is returned unchanged.",
    reasons: ["not_found"],
  },
} as const satisfies Partial<Record<ProcedurePath, RestRoute>>;
