import type { TRPCError } from "@trpc/server";
import { TrunklineError } from "@trunkline/contract";
import type { Logger } from "pino";
import { toCallError } from "./error-answer.ts";
import type { HttpContext } from "./http-env.ts";
import type { NoteRefusal } from "./refusals.ts";

/** Logs or audits the failure of a procedure. */
export type NoteCallFailure = (c: HttpContext, error: TRPCError, path: string | undefined) => void;

/** Logs that a stream broke off; `sessionId` where it was one session's. */
export type NoteStreamFailure = (c: HttpContext, error: unknown, path: string, sessionId?: string) => void;

/** Refusals go to the audit trail, the server's own failures to its log; the rest is for the caller alone. */
export function createCallFailureNote(logger: Logger, noteRefusal: NoteRefusal): NoteCallFailure {
  return (c, error, path) => {
    const where = { path, requestId: c.get("requestId") };
    if (!logOwnFailure(logger, error, where, "A call failed")) noteRefusal(c, error, path);
  };
}

/** As above, but a stream that has begun was not refused: what ends it, e.g. a deleted session, is no failure of ours. */
export function createStreamFailureNote(logger: Logger): NoteStreamFailure {
  return (c, error, path, sessionId) => {
    const where = { path, sessionId, requestId: c.get("requestId") };
    logOwnFailure(logger, toCallError(error), where, "A stream failed");
  };
}

/** @returns false where the failure is the caller's */
function logOwnFailure(logger: Logger, error: TRPCError, where: object, message: string): boolean {
  if (error.code === "INTERNAL_SERVER_ERROR") {
    logger.error({ err: error.cause ?? error, ...where }, message);
    return true;
  }
  if (error.cause instanceof TrunklineError && error.code === "SERVICE_UNAVAILABLE") {
    logger.warn({ reason: error.cause.reason, ...where }, error.message);
    return true;
  }
  return false;
}
