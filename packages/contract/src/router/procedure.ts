import { initTRPC, TRPCError } from "@trpc/server";
import { ZodError } from "zod";
import { ERROR_CODES, TrunklineError, type ErrorData, type ErrorReason } from "../error.ts";
import { PING_INTERVAL_MS, STREAM_SILENCE_LIMIT_MS } from "../limits.ts";
import type { Principal } from "../principal.ts";
import { requireScope } from "../procedure-scopes.ts";
import type { Services } from "../services.ts";
import { issueMessage } from "./issue-message.ts";

export interface RouterContext {
  services: Services;
  /** Null if the request had no valid credentials. */
  principal: Principal | null;
  /** Of a batch: resolves when the next of its calls may start. */
  turn?: () => Promise<void>;
}

const t = initTRPC.context<RouterContext>().create({
  // Stack traces never leave the server, whatever NODE_ENV is.
  isDev: false,
  sse: {
    ping: { enabled: true, intervalMs: PING_INTERVAL_MS },
    client: { reconnectAfterInactivityMs: STREAM_SILENCE_LIMIT_MS },
  },
  errorFormatter({ shape, error, path }) {
    const reason = reasonOf(error);
    const data: ErrorData = { ...shape.data, path: path ?? shape.data.path, reason };
    if (error.cause instanceof ZodError && error.code === "BAD_REQUEST") {
      data.issues = error.cause.issues.map((issue) => ({
        path: issue.path.map((part) => (typeof part === "number" ? part : String(part))),
        message: issueMessage(issue),
      }));
      return { ...shape, message: describeIssues(data.issues), data };
    }
    // An unexpected error may contain anything; details go to the log.
    const message = reason === "internal" ? "Internal error; see the server's log" : shape.message;
    return { ...shape, message, data };
  },
});

function reasonOf(error: TRPCError): ErrorReason {
  if (error.cause instanceof TrunklineError) return error.cause.reason;
  switch (error.code) {
    case "UNAUTHORIZED":
      return "unauthorized";
    case "FORBIDDEN":
      return "forbidden";
    case "NOT_FOUND":
      return "not_found";
    case "PAYLOAD_TOO_LARGE":
      return "payload_too_large";
    case "UNSUPPORTED_MEDIA_TYPE":
      return "unsupported_media_type";
    case "TOO_MANY_REQUESTS":
      return "rate_limited";
    case "BAD_REQUEST":
    case "PARSE_ERROR":
    case "METHOD_NOT_SUPPORTED":
      return "validation_failed";
    default:
      return "internal";
  }
}

function describeIssues(issues: NonNullable<ErrorData["issues"]>): string {
  return issues
    .slice(0, 5)
    .map((issue) => (issue.path.length > 0 ? `${issue.path.join(".")}: ${issue.message}` : issue.message))
    .join("; ");
}

export function toTRPCError(error: TrunklineError): TRPCError {
  return new TRPCError({ code: ERROR_CODES[error.reason], message: error.message, cause: error });
}

const translateErrors = t.middleware(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof TrunklineError) throw toTRPCError(result.error.cause);
  return result;
});

export const router = t.router;

/** Ends a stream with its connection. Never aborts without one (tRPC's server-side caller). */
export function streamSignal(signal: AbortSignal | undefined): AbortSignal {
  return signal ?? new AbortController().signal;
}

/** Base of every procedure: the caller is known and their token has the required scope. */
export const procedure = t.procedure.use(translateErrors).use(async ({ ctx, path, next }) => {
  if (ctx.principal === null) {
    throw toTRPCError(
      new TrunklineError("unauthorized", "Send a valid token as 'Authorization: Bearer …', or sign in again"),
    );
  }
  requireScope(ctx.principal, path);
  await ctx.turn?.();
  return next({ ctx: { ...ctx, principal: ctx.principal } });
});
