import { TRPCClientError } from "@trpc/client";
import type { AppRouter } from "@trunkline/contract";

/**
 * No answer that can be understood: the server is not there, the connection broke, or something else speaks on its
 * port. Trying again may help, and for a call that changes something its outcome is unknown.
 */
export class TrunklineConnectionError extends TRPCClientError<AppRouter> {
  constructor(message: string, cause?: Error) {
    super(message, cause === undefined ? {} : { cause });
    // The base class sets its own prototype, which would make `instanceof` fail for this one.
    Object.setPrototypeOf(this, new.target.prototype);
    this.name = "TrunklineConnectionError";
  }
  /** Of what `fetch` or a reader threw; `fetch failed` alone helps nobody, so the reason comes along. */
  static of(error: unknown): TrunklineConnectionError {
    if (error instanceof TrunklineConnectionError) return error;
    if (!(error instanceof Error)) return new TrunklineConnectionError(String(error));
    const { cause } = error;
    const because = cause instanceof Error && cause.message !== "" ? `: ${cause.message}` : "";
    return new TrunklineConnectionError(`${error.message}${because}`, error);
  }
}
