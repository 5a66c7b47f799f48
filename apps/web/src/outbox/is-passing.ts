import { isApiError } from "@trunkline/client";
import type { ErrorReason } from "@trunkline/contract";

/** What the server says of itself, rather than of the message. */
const PASSING: ReadonlySet<ErrorReason> = new Set([
  "unauthorized",
  "rate_limited",
  "unavailable",
  "internal",
]);

/**
 * Whether a refusal is expected to be over by itself. Others are not, such as a full disk's: days later, nobody would expect
 * the task to start.
 */
export const isPassing = (error: unknown): boolean => isApiError(error) && PASSING.has(error.reason);
