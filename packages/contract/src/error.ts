/**
 * The error reasons of the API. A reason is precise enough to branch on; the table maps it to a tRPC code, which
 * determines the HTTP status.
 */
export const ERROR_CODES = {
  /** No credentials, or invalid ones. */
  unauthorized: "UNAUTHORIZED",
  /** Not allowed: a foreign origin, or a token without the required scope. */
  forbidden: "FORBIDDEN",
  /** Not found, or not yours. */
  not_found: "NOT_FOUND",
  /** The input is invalid; `issues` names the fields. */
  validation_failed: "BAD_REQUEST",
  /** Unknown model, or no key is set for its provider. */
  model_unknown: "BAD_REQUEST",
  /** This server has no agent of that name. */
  agent_unknown: "BAD_REQUEST",
  /** The cursor is not from this server, or is past the end of the session. */
  cursor_invalid: "BAD_REQUEST",
  /** The session has an unfinished task, and `whenBusy` is `reject`. */
  session_busy: "CONFLICT",
  /** The session is a subagent's, which takes no other tasks. */
  subagent_session: "CONFLICT",
  /** The session is archived. */
  session_archived: "CONFLICT",
  /** The task has started or ended, so it cannot be edited or moved. */
  task_not_queued: "CONFLICT",
  /** As many messages as allowed already wait for the running task. */
  steering_full: "CONFLICT",
  /** The task has not ended yet, so it cannot be retried. */
  task_not_terminal: "CONFLICT",
  /** The approval was answered differently, has expired, or its task has ended. */
  approval_closed: "CONFLICT",
  /** The question was answered differently, has expired, or its task has ended. */
  question_closed: "CONFLICT",
  /** The key was already used with a different request. */
  idempotency_conflict: "CONFLICT",
  /** You have a project of this name. */
  project_exists: "CONFLICT",
  /** Sessions use the project: delete them first, or insist with `force`. */
  project_in_use: "CONFLICT",
  /** You, or the project, have an MCP server of this name. */
  mcp_exists: "CONFLICT",
  /** Another session works in this directory: wait for its task to end, or stop it. */
  workspace_busy: "CONFLICT",
  /** The session's workspace could not be prepared; the message says why. */
  workspace_failed: "SERVICE_UNAVAILABLE",
  /** The project's source can't be reached or read, and there is no earlier state of it. */
  project_unreachable: "CONFLICT",
  /** The session has work that is published nowhere: publish or pull it, or insist with `discardWork`. */
  unpublished_work: "CONFLICT",
  /** The session's work is archived, so it has no workspace: restore it first. */
  workspace_archived: "CONFLICT",
  /** The session has no task yet, so no setup has failed. */
  setup_not_failed: "CONFLICT",
  /** The project's setup failed in the session's workspace; its output is in the session's log. */
  setup_failed: "CONFLICT",
  /** The name is taken, perhaps by a user who was removed. */
  user_exists: "CONFLICT",
  /** Somebody has already joined as this user, so no new invitation is possible. */
  user_joined: "CONFLICT",
  /** The branch has commits there that this session has not published: nothing was pushed. */
  branch_moved: "CONFLICT",
  /** Other comments or checks came in since: look at them first. */
  feedback_changed: "CONFLICT",
  /** The repository's host or forge rejects the project's credential, or there is none: set another. */
  credential_rejected: "CONFLICT",
  /** Larger than the server accepts or returns at once. */
  payload_too_large: "PAYLOAD_TOO_LARGE",
  /** Your files use all the space that one user may have: delete sessions first. */
  quota_exceeded: "PAYLOAD_TOO_LARGE",
  /** The body is not JSON, or that of an upload is not `application/octet-stream`, or it is compressed (`Content-Encoding`). */
  unsupported_media_type: "UNSUPPORTED_MEDIA_TYPE",
  /** Too many requests, streams or imports at once, here or at the forge: retry after `Retry-After`. */
  rate_limited: "TOO_MANY_REQUESTS",
  /** The server's disk is full; nothing was stored. */
  storage_full: "SERVICE_UNAVAILABLE",
  /** The server is starting or stopping, or its store is unavailable: try again. */
  unavailable: "SERVICE_UNAVAILABLE",
  /** The repository's host or forge refused, failed or can't be reached; the message has its words. */
  remote_failed: "BAD_GATEWAY",
  /** The MCP server is not connected, or failed; the message has its words. */
  mcp_failed: "BAD_GATEWAY",
  /** An unexpected error; see the server's log. */
  internal: "INTERNAL_SERVER_ERROR",
} as const;

export type ErrorReason = keyof typeof ERROR_CODES;

/** The one shape of an error on the wire: `error.data` in tRPC. */
export interface ErrorData {
  /** tRPC's name of the HTTP status, e.g. `NOT_FOUND`. */
  code: string;
  httpStatus: number;
  reason: ErrorReason;
  path?: string;
  /** Present with `validation_failed`: which input fields are wrong, and how. */
  issues?: { path: (string | number)[]; message: string }[];
}

/** An expected failure. The message goes to the caller: it says what to do and contains no secret. */
export class TrunklineError extends Error {
  override readonly name = "TrunklineError";
  readonly reason: ErrorReason;

  constructor(reason: ErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
