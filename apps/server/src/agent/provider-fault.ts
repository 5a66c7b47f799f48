import type { TaskError } from "@trunkline/contract";

/** A model call that its provider let down: everything a retry, a notice and a task's error need to know. */
export class ProviderFault extends Error {
  override readonly name = "ProviderFault";
  /** `context_overflow` where the prompt is too long: a shorter one may get through. */
  readonly code: string;
  readonly retryable: boolean;
  /** When the provider takes requests again, in integer ms since the epoch, as it says itself. */
  readonly resetsAt: number | undefined;
  /** How long that was when it said so, in ms. */
  readonly retryAfterMs: number | undefined;
  /** Tries that make sense in all, where they are fewer than usual. */
  readonly maxTries: number | undefined;

  constructor(
    code: string,
    message: string,
    options: ErrorOptions & { retryable: boolean; resetsAt?: number | undefined; maxTries?: number },
  ) {
    super(message, options);
    this.code = code;
    this.retryable = options.retryable;
    this.resetsAt = options.resetsAt;
    this.retryAfterMs =
      options.resetsAt === undefined ? undefined : Math.max(0, options.resetsAt - Date.now());
    this.maxTries = options.maxTries;
  }

  toTaskError(): TaskError {
    return { code: this.code, message: this.message, retryable: this.retryable };
  }
}

/** Longest piece of a provider's own words that goes into a message, in UTF-16 units. */
const MAX_SAID_LENGTH = 500;

export function clip(text: string): string {
  return text.length <= MAX_SAID_LENGTH ? text : `${text.slice(0, MAX_SAID_LENGTH).toWellFormed()}…`;
}
