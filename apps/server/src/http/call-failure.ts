import type { TRPCError } from "@trpc/server";
import { TrunklineError } from "@trunkline/contract";
import type { Logger } from "pino";
import type { HttpContext } from "./http-env.ts";
import type { NoteRefusal } from "./refusals.ts";

/** Tells whom it concerns that a procedure failed. */
export type NoteCallFailure = (c: HttpContext, error: TRPCError, path: string | undefined) => void;

/**
 * What nobody expected is an error of ours; what the server cannot do for now is worth a line; who may not do it is for
 * the audit trail; the rest is the caller's.
 */
export function createCallFailureNote(logger: Logger, noteRefusal: NoteRefusal): NoteCallFailure {
  return (c, error, path) => {
    const requestId = c.get("requestId");
    if (error.code === "INTERNAL_SERVER_ERROR") {
      logger.error({ err: error.cause ?? error, path, requestId }, "a call failed");
    } else if (error.cause instanceof TrunklineError && error.code === "SERVICE_UNAVAILABLE") {
      logger.warn({ path, reason: error.cause.reason, requestId }, error.message);
    } else {
      noteRefusal(c, error, path);
    }
  };
}
