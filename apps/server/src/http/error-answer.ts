import { getTRPCErrorFromUnknown, TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { getErrorShape } from "@trpc/server/shared";
import { ERROR_CODES, type ErrorData, type ErrorReason, TrunklineError } from "@trunkline/contract";
import { appRouter } from "@trunkline/contract/router";
import { TooManyRequestsError } from "./too-many-requests.ts";

export interface ErrorAnswer {
  status: number;
  /** JSON in tRPC's error envelope, so that clients parse HTTP refusals and procedure errors alike. */
  body: string;
  headers?: Record<string, string>;
}

interface Overrides {
  /** HTTP statuses that are more precise than the reason's. */
  status?: number;
  code?: keyof typeof TRPC_ERROR_CODES_BY_KEY;
}

/** Converts any failure to a router error, which decides what callers see. */
export function toCallError(error: unknown): TRPCError {
  if (error instanceof TRPCError) return error;
  if (error instanceof TrunklineError) {
    return new TRPCError({ code: ERROR_CODES[error.reason], message: error.message, cause: error });
  }
  return getTRPCErrorFromUnknown(error);
}

/**
 * The only path from a failure to a response, for tRPC, REST, streams and refusals: the router's own formatter.
 * Expected failures keep their message and fields; anything else is hidden.
 * @param path the procedure that was called, if any
 */
export function toErrorAnswer(failure: unknown, path?: string): ErrorAnswer {
  const error = toCallError(failure);
  const shape = getErrorShape({
    config: appRouter._def._config,
    error,
    type: "unknown",
    path,
    input: undefined,
    ctx: undefined,
  });
  const { httpStatus }: ErrorData = shape.data;
  const answer = { status: httpStatus, body: JSON.stringify({ error: shape }) };
  if (!(error.cause instanceof TooManyRequestsError)) return answer;
  return { ...answer, headers: { "retry-after": String(error.cause.retryAfterSeconds) } };
}

/** A refusal by HTTP itself, which may be more precise than its reason. */
export function errorAnswer(reason: ErrorReason, message: string, overrides: Overrides = {}): ErrorAnswer {
  const code = overrides.code ?? ERROR_CODES[reason];
  const status = overrides.status ?? getHTTPStatusCodeFromError(new TRPCError({ code }));
  const data: ErrorData = { code, httpStatus: status, reason };
  return {
    status,
    body: JSON.stringify({ error: { message, code: TRPC_ERROR_CODES_BY_KEY[code], data } }),
  };
}

/** Wrong method for this path; `allowed` goes into the Allow header (RFC 9110, 15.5.6). */
export function methodRefusal(allowed: readonly string[]): Response {
  const methods = allowed.join(", ");
  const answer = errorAnswer("validation_failed", `Use ${methods} here`, { code: "METHOD_NOT_SUPPORTED" });
  return toResponse({ ...answer, headers: { allow: methods } });
}

export function toErrorResponse(error: unknown, path?: string): Response {
  return toResponse(toErrorAnswer(error, path));
}

/** Too many of something, e.g. streams, with no known time to retry. */
const RETRY_AFTER_S = 5;

/** Also for responses that bypass Hono's middleware. */
export const ERROR_HEADERS = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

export function toResponse({ status, body, headers }: ErrorAnswer): Response {
  const retry = status === 429 ? { "retry-after": String(RETRY_AFTER_S) } : {};
  return new Response(body, { status, headers: { ...ERROR_HEADERS, ...retry, ...headers } });
}
