import type { TRPCError } from "@trpc/server";
import { TrunklineError } from "@trunkline/contract";
import type { Logger } from "pino";
import { toCallError } from "./error-answer.ts";
import type { HttpContext } from "./http-env.ts";
import type { NoteRefusal } from "./refusals.ts";
import { brokeOff } from "./slow-requests.ts";

/** Logs or audits a failed procedure. */
export type NoteCallFailure = (c: HttpContext, error: TRPCError, path: string | undefined) => void;

/** Logs a failed stream; `sessionId` if it was one session's. */
export type NoteStreamFailure = (c: HttpContext, error: unknown, path: string, sessionId?: string) => void;

/** Refusals go to the audit trail, internal errors to the log; the rest concerns only the caller. */
export function createCallFailureNote(logger: Logger, noteRefusal: NoteRefusal): NoteCallFailure {
  return (c, error, path) => {
    if (brokeOff(c.env.incoming)) return;
    const where = { path, requestId: c.get("requestId") };
    if (!logOwnFailure(logger, error, where, "A call failed")) noteRefusal(c, error, path);
  };
}

/** The same for a stream that has started: what ends it, e.g. a deleted session, is not our failure. */
export function createStreamFailureNote(logger: Logger): NoteStreamFailure {
  return (c, error, path, sessionId) => {
    const where = { path, sessionId, requestId: c.get("requestId") };
    logOwnFailure(logger, toCallError(error), where, "A stream failed");
  };
}

/** @returns false if the failure is the caller's */
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
