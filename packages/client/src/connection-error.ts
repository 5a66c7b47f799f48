import { TRPCClientError } from "@trpc/client";
import type { AppRouter } from "@trunkline/contract";

/**
 * No usable response: the server is unreachable, the connection broke, or something else listens on its port. A retry may
 * work; whether a call that changes something took effect is unknown.
 */
export class TrunklineConnectionError extends TRPCClientError<AppRouter> {
  constructor(message: string, cause?: Error) {
    super(message, cause === undefined ? {} : { cause });
    // The base class sets its own prototype, which would make `instanceof` fail for this one.
    Object.setPrototypeOf(this, new.target.prototype);
    this.name = "TrunklineConnectionError";
  }
  /** Wraps what `fetch` or a reader threw. `fetch failed` alone is useless, so the message includes the cause. */
  static of(error: unknown): TrunklineConnectionError {
    if (error instanceof TrunklineConnectionError) return error;
    if (!(error instanceof Error)) return new TrunklineConnectionError(String(error));
    const { cause } = error;
    const because = cause instanceof Error && cause.message !== "" ? `: ${cause.message}` : "";
    return new TrunklineConnectionError(`${error.message}${because}`, error);
  }
}
