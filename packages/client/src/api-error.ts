import { TRPCClientError } from "@trpc/client";
import type { AppRouter, ErrorData, ErrorReason } from "@trunkline/contract";

/** An error as the wire carries it: `{ error: … }` of an HTTP answer, or the `serialized-error` of a stream. */
export interface ErrorShape {
  message: string;
  /** JSON-RPC 2.0 number; programs branch on `data.reason` instead. */
  code: number;
  data: ErrorData;
}

/**
 * The server refused a call. Branch on `reason`; `message` says what to do; `data` is all that the server sent.
 *
 * It is also a `TRPCClientError`, so code written for tRPC handles it.
 */
export class TrunklineApiError extends TRPCClientError<AppRouter> {
  readonly reason: ErrorReason;
  readonly httpStatus: number;
  /** Which input fields are wrong, and how; empty unless the reason is `validation_failed`. */
  readonly issues: NonNullable<ErrorData["issues"]>;
  /** How long the server asks to wait before the next try, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(shape: ErrorShape, options: { retryAfterMs?: number; cause?: Error } = {}) {
    super(shape.message, {
      // tRPC types the code as one of its own numbers; a newer server may have more.
      result: { error: shape as ErrorShape & { code: -32603 } },
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
    // The base class sets its own prototype, which would make `instanceof` fail for this one.
    Object.setPrototypeOf(this, new.target.prototype);
    this.name = "TrunklineApiError";
    this.reason = shape.data.reason;
    this.httpStatus = shape.data.httpStatus;
    this.issues = shape.data.issues ?? [];
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** @returns whether `error` is a refusal by the server (and, if given, for this reason). */
export function isApiError(error: unknown): error is TrunklineApiError;
export function isApiError<Reason extends ErrorReason>(
  error: unknown,
  reason: Reason,
): error is TrunklineApiError & { reason: Reason };
export function isApiError(error: unknown, reason?: ErrorReason): error is TrunklineApiError {
  return error instanceof TrunklineApiError && (reason === undefined || error.reason === reason);
}
