import { TrunklineError } from "@trunkline/contract";

/** More requests than one caller may make; the answer says when to come back (RFC 6585, 4; RFC 9110, 10.2.3). */
export class TooManyRequestsError extends TrunklineError {
  /** From when on something is possible again. */
  readonly retryAfterSeconds: number;

  constructor(waitMs: number) {
    const seconds = Math.ceil(waitMs / 1_000);
    super("rate_limited", `Too many requests; come back in ${seconds} s`);
    this.retryAfterSeconds = seconds;
  }
}
