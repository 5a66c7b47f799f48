/**
 * The one error vocabulary of the API. A reason says what went wrong precisely enough to branch on; the table gives
 * the tRPC code, from which the HTTP status follows.
 */
export const ERROR_CODES = {
  unauthorized: "UNAUTHORIZED",
  forbidden: "FORBIDDEN",
  not_found: "NOT_FOUND",
  validation_failed: "BAD_REQUEST",
  model_unknown: "BAD_REQUEST",
  cursor_invalid: "BAD_REQUEST",
  cursor_expired: "PRECONDITION_FAILED",
  session_busy: "CONFLICT",
  session_archived: "CONFLICT",
  task_not_queued: "CONFLICT",
  task_not_terminal: "CONFLICT",
  idempotency_conflict: "CONFLICT",
  payload_too_large: "PAYLOAD_TOO_LARGE",
  unsupported_media_type: "UNSUPPORTED_MEDIA_TYPE",
  rate_limited: "TOO_MANY_REQUESTS",
  storage_full: "SERVICE_UNAVAILABLE",
  unavailable: "SERVICE_UNAVAILABLE",
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
