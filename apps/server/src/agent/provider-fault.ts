import { AISDKError, APICallError } from "@ai-sdk/provider";
import type { TaskError } from "@trunkline/contract";
import { networkErrorCode } from "./network-error.ts";
import { retryAfterMs } from "./retry-after.ts";

/** A model call that its provider let down: everything a retry, a notice and a task's error need to know. */
export class ProviderFault extends Error {
  override readonly name = "ProviderFault";
  readonly code: string;
  readonly retryable: boolean;
  /** How long the provider asked to be left alone, in ms. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: string,
    message: string,
    options: ErrorOptions & { retryable: boolean; retryAfterMs?: number },
  ) {
    super(message, options);
    this.code = code;
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
  }

  toTaskError(): TaskError {
    return { code: this.code, message: this.message, retryable: this.retryable };
  }
}

/** What a fault's message is made of beside the error. */
export interface FaultContext {
  /** Name of the model, e.g. `openai:gpt-5.5`. */
  model: string;
  /** Takes secrets out of what a provider said. */
  redact: (text: string) => string;
}

/** The answer began and did not end as it should; nothing of it is of use. */
export function streamFault(error: unknown, context: FaultContext): ProviderFault {
  if (error instanceof ProviderFault) return error;
  if (isRefusal(error)) return statusFault(error, context);
  const said = clip(context.redact(saidBy(error)));
  return new ProviderFault("provider_stream_cut", `The model's answer broke off (${said})`, {
    cause: error,
    retryable: true,
  });
}

/** The call failed before an answer began. An error that is no provider's is given back, without what it may quote. */
export function callFault(error: unknown, context: FaultContext): unknown {
  if (error instanceof ProviderFault) return error;
  if (isRefusal(error)) return statusFault(error, context);
  const networkCode = networkErrorCode(error);
  if (networkCode !== null) {
    return new ProviderFault(
      "provider_unreachable",
      `The model's provider cannot be reached (${networkCode}). Check that it runs and that its address is right`,
      { cause: error, retryable: true },
    );
  }
  if (!AISDKError.isInstance(error)) return withoutSecrets(error, context);
  const said = clip(context.redact(error.message));
  return new ProviderFault("provider_error", `The model '${context.model}' could not be called: ${said}`, {
    cause: error,
    retryable: APICallError.isInstance(error) && error.isRetryable,
  });
}

/** A key that makes no valid header is quoted by the error that says so. */
function withoutSecrets(error: unknown, { redact }: FaultContext): unknown {
  const message = error instanceof Error ? error.message : String(error);
  const safe = redact(message);
  return safe === message ? error : new Error(safe);
}

/** The SDKs also give errors in the middle of an answer this class, and the answer's own status 200. */
function isRefusal(error: unknown): error is APICallError & { statusCode: number } {
  return APICallError.isInstance(error) && (error.statusCode ?? 0) >= 400;
}

function statusFault(
  error: APICallError & { statusCode: number },
  { model, redact }: FaultContext,
): ProviderFault {
  const status = error.statusCode;
  const said = clip(redact(error.message));
  const fault = (code: string, message: string, retryable = false): ProviderFault =>
    new ProviderFault(code, message, {
      cause: error,
      retryable,
      retryAfterMs: retryAfterMs(error.responseHeaders ?? {}),
    });
  if (status === 401 || status === 403) {
    // What the provider says here may well quote the key.
    return fault(
      "provider_auth",
      `The provider of '${model}' refused the API key (HTTP ${status}). Set a valid key and restart the server`,
    );
  }
  if (status === 402 || isQuotaExhausted(error)) {
    return fault(
      "provider_quota",
      `The provider of '${model}' says that the account's quota is used up (HTTP ${status})`,
    );
  }
  if (status === 404) {
    return fault(
      "model_not_found",
      `The provider does not know the model '${model}' (HTTP 404: ${said}). Check its name and the provider's address`,
    );
  }
  if (isContextOverflow(error)) {
    return fault("context_overflow", `The prompt is too long for '${model}' (HTTP ${status}: ${said})`);
  }
  if (status === 429) {
    return fault(
      "provider_rate_limited",
      `The provider of '${model}' is rate limiting (HTTP 429: ${said})`,
      true,
    );
  }
  if (status === 408 || status === 409 || status >= 500) {
    return fault("provider_unavailable", `The provider of '${model}' failed (HTTP ${status}: ${said})`, true);
  }
  return fault(
    "provider_bad_request",
    `The provider of '${model}' refused the request (HTTP ${status}: ${said})`,
  );
}

function isContextOverflow({ statusCode, message, responseBody = "" }: APICallError): boolean {
  return statusCode === 413 || (statusCode === 400 && OVERFLOW.test(`${message} ${responseBody}`));
}

const OVERFLOW = /context_length_exceeded|context (?:length|window|size)|(?:prompt|input) is too long/i;

/** OpenAI answers 429 for this too, where waiting is of no use. */
function isQuotaExhausted(error: APICallError): boolean {
  return error.statusCode === 429 && (error.responseBody ?? "").includes("insufficient_quota");
}

function saidBy(error: unknown): string {
  // "Failed to process successful response" says less than what it was caused by.
  if (APICallError.isInstance(error) && error.cause instanceof Error) return error.cause.message;
  if (error instanceof Error) return error.message;
  if (typeof error === "string") return error;
  if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
  return "an error without a message";
}

/** Longest piece of a provider's own words that goes into a message, in characters. */
const MAX_SAID_LENGTH = 500;

function clip(text: string): string {
  return text.length <= MAX_SAID_LENGTH ? text : `${text.slice(0, MAX_SAID_LENGTH)}…`;
}
