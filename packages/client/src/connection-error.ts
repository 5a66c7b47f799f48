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
  /**
   * Wraps what `fetch` or a reader threw. Node's `fetch failed` is useless, so the message includes the cause; browsers give
   * none, and each has words of its own, such as `Failed to fetch`.
   */
  static of(error: unknown): TrunklineConnectionError {
    if (error instanceof TrunklineConnectionError) return error;
    if (!(error instanceof Error)) return new TrunklineConnectionError(String(error));
    const { cause } = error;
    const because = cause instanceof Error && cause.message !== "" ? `: ${cause.message}` : "";
    if (error instanceof TypeError && because === "") {
      return new TrunklineConnectionError("The server can't be reached", error);
    }
    return new TrunklineConnectionError(`${error.message}${because}`, error);
  }
}
