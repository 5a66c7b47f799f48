import { TrunklineError } from "@trunkline/contract";

/** Over a rate limit; the response says when to retry (RFC 6585, 4; RFC 9110, 10.2.3). */
export class TooManyRequestsError extends TrunklineError {
  readonly retryAfterSeconds: number;

  constructor(waitMs: number) {
    const seconds = Math.ceil(waitMs / 1_000);
    super("rate_limited", `Too many requests. Retry in ${seconds} s`);
    this.retryAfterSeconds = seconds;
  }
}
