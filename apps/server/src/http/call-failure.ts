import type { TRPCError } from "@trpc/server";
import { TrunklineError } from "@trunkline/contract";
import type { Logger } from "pino";

/** What nobody expected is an error of ours; what the server cannot do for now is worth a line; the rest is the caller's. */
export function logCallFailure(
  logger: Logger,
  { error, path, requestId }: { error: TRPCError; path: string | undefined; requestId: string },
): void {
  if (error.code === "INTERNAL_SERVER_ERROR") {
    logger.error({ err: error.cause ?? error, path, requestId }, "a call failed");
  } else if (error.cause instanceof TrunklineError && error.code === "SERVICE_UNAVAILABLE") {
    logger.warn({ path, reason: error.cause.reason, requestId }, error.message);
  }
}
