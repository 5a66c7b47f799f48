/**
 * The one error vocabulary of the API. A reason says what went wrong precisely enough to branch on; the table gives
 * the tRPC code, from which the HTTP status follows.
 */
export const ERROR_CODES = {
  /** No credentials, or none that hold. */
  unauthorized: "UNAUTHORIZED",
  /** Known, but not allowed: a foreign origin, or credentials of the wrong kind or scope. */
  forbidden: "FORBIDDEN",
  /** There is no such thing, or it is somebody else's. */
  not_found: "NOT_FOUND",
  /** The input is not what the contract says; `issues` names the fields. */
  validation_failed: "BAD_REQUEST",
  /** The server knows no such model, or has no key for its provider. */
  model_unknown: "BAD_REQUEST",
  /** A cursor that was not given by the server, or an event past the end of its session. */
  cursor_invalid: "BAD_REQUEST",
  /** The session has an unfinished task, and `whenBusy` is `reject`. */
  session_busy: "CONFLICT",
  /** The session is archived. */
  session_archived: "CONFLICT",
  /** The task has started or ended, so it cannot be edited or moved. */
  task_not_queued: "CONFLICT",
  /** The task has not ended, so it cannot be done again. */
  task_not_terminal: "CONFLICT",
  /** The approval was decided otherwise, has expired, or its task has ended. */
  approval_closed: "CONFLICT",
  /** The key was used for a task that said something else. */
  idempotency_conflict: "CONFLICT",
  /** There is, or was, a user of this name. */
  user_exists: "CONFLICT",
  /** More than the server takes or gives in one piece. */
  payload_too_large: "PAYLOAD_TOO_LARGE",
  /** The body is not JSON. */
  unsupported_media_type: "UNSUPPORTED_MEDIA_TYPE",
  /** Too many requests, or too many streams open: come back after `Retry-After`. */
  rate_limited: "TOO_MANY_REQUESTS",
  /** The server's disk is full; nothing was stored. */
  storage_full: "SERVICE_UNAVAILABLE",
  /** The server is starting, stopping or without its store: try again. */
  unavailable: "SERVICE_UNAVAILABLE",
  /** Nobody expected this; the server's log says what it was. */
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

/** An expected failure. Its message goes to the caller, so it says what to do and holds no secret. */
export class TrunklineError extends Error {
  override readonly name = "TrunklineError";
  readonly reason: ErrorReason;

  constructor(reason: ErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
