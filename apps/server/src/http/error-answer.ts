import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { ERROR_CODES, type ErrorData, type ErrorReason, TrunklineError } from "@trunkline/contract";
import { TooManyRequestsError } from "./too-many-requests.ts";

export const INTERNAL_MESSAGE = "Something went wrong on the server; its log says what";

export interface ErrorAnswer {
  status: number;
  /** JSON in tRPC's error envelope, so that clients read refusals of HTTP and errors of procedures alike. */
  body: string;
  headers?: Record<string, string>;
}

interface Overrides {
  /** Where HTTP has a more precise status than the reason's. */
  status?: number;
  code?: keyof typeof TRPC_ERROR_CODES_BY_KEY;
}

export function errorAnswer(reason: ErrorReason, message: string, overrides: Overrides = {}): ErrorAnswer {
  const code = overrides.code ?? ERROR_CODES[reason];
  const status = overrides.status ?? getHTTPStatusCodeFromError(new TRPCError({ code }));
  const data: ErrorData = { code, httpStatus: status, reason };
  return {
    status,
    body: JSON.stringify({ error: { message, code: TRPC_ERROR_CODES_BY_KEY[code], data } }),
  };
}

/** A request whose method does not fit its path; `allowed` goes into the Allow header (RFC 9110, 15.5.6). */
export function methodRefusal(allowed: readonly string[]): Response {
  const methods = allowed.join(", ");
  const answer = errorAnswer("validation_failed", `Only ${methods} is possible here`, {
    code: "METHOD_NOT_SUPPORTED",
  });
  return toResponse({ ...answer, headers: { allow: methods } });
}

/** An expected failure in its own words, and anything else without any. */
export function toErrorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof TooManyRequestsError) {
    const headers = { "retry-after": String(error.retryAfterSeconds) };
    return { ...errorAnswer(error.reason, error.message), headers };
  }
  return error instanceof TrunklineError
    ? errorAnswer(error.reason, error.message)
    : errorAnswer("internal", INTERNAL_MESSAGE);
}

export function toErrorResponse(error: unknown): Response {
  return toResponse(toErrorAnswer(error));
}

/** For who has too much of something, e.g. streams, where nobody knows when it will be less. */
const RETRY_AFTER_S = 5;

/** Also for answers that Hono's middleware does not see. */
export const ERROR_HEADERS = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

export function toResponse({ status, body, headers }: ErrorAnswer): Response {
  const retry = status === 429 ? { "retry-after": String(RETRY_AFTER_S) } : {};
  return new Response(body, { status, headers: { ...ERROR_HEADERS, ...retry, ...headers } });
}
