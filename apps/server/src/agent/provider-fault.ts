import { ownCopy } from "../common/own-copy.ts";
import type { TaskError } from "@trunkline/contract";

/** A model call failed by its provider, with everything that a retry, a notice and the task's error need. */
export class ProviderFault extends Error {
  override readonly name = "ProviderFault";
  /** `context_overflow` if the prompt is too long: a shorter one may succeed. */
  readonly code: string;
  readonly retryable: boolean;
  /** When the provider accepts requests again, by its own account; integer ms since the epoch. */
  readonly resetsAt: number | undefined;
  /** How long that was at the time, in ms. */
  readonly retryAfterMs: number | undefined;
  /** Maximum number of attempts, if fewer than usual. */
  readonly maxTries: number | undefined;
  /** What the provider says of a request that it refuses as such, to find out why; not for people. */
  readonly refusal: string | undefined;

  constructor(
    code: string,
    message: string,
    options: ErrorOptions & {
      retryable: boolean;
      resetsAt?: number | undefined;
      maxTries?: number;
      refusal?: string;
    },
  ) {
    super(message, options);
    this.code = code;
    this.retryable = options.retryable;
    this.resetsAt = options.resetsAt;
    this.retryAfterMs =
      options.resetsAt === undefined ? undefined : Math.max(0, options.resetsAt - Date.now());
    this.maxTries = options.maxTries;
    this.refusal = options.refusal;
  }

  toTaskError(): TaskError {
    return { code: this.code, message: this.message, retryable: this.retryable };
  }
}

/** Longest quote of a provider in a message, in UTF-16 units. */
const MAX_SAID_LENGTH = 500;

export function clip(text: string): string {
  return text.length <= MAX_SAID_LENGTH ? text : ownCopy(`${text.slice(0, MAX_SAID_LENGTH).toWellFormed()}…`);
}
