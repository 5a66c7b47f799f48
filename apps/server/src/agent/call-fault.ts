import { AISDKError, APICallError, TypeValidationError } from "@ai-sdk/provider";
import { networkAdvice, networkErrorCode } from "./network-error.ts";
import type { FaultContext } from "./model.ts";
import { clip, ProviderFault } from "./provider-fault.ts";
import { type ProviderWords, wordsInBody, wordsInValue } from "./provider-words.ts";
import { type Refusal, refusalFault } from "./refusal-fault.ts";

/** The answer began and did not end as it should; nothing of it is of use. */
export function streamFault(error: unknown, context: FaultContext): ProviderFault {
  if (error instanceof ProviderFault) return error;
  const refusal = refusalIn(error);
  if (refusal !== null) return refusalFault({ ...refusal, inStream: true }, context);
  return cutFault(saidBy(error), context, error);
}

/** The answer broke off; what it said so far is of no use. */
export function cutFault(said: string, { redact }: FaultContext, cause?: unknown): ProviderFault {
  const message = `The model's answer broke off (${clip(redact(said))})`;
  return new ProviderFault("provider_stream_cut", message, { cause, retryable: true });
}

/** The call failed before an answer began. An error that is no provider's is given back, without what it may quote. */
export function callFault(error: unknown, context: FaultContext): unknown {
  if (error instanceof ProviderFault) return error;
  const refusal = refusalIn(error);
  if (refusal !== null) return refusalFault(refusal, context);
  const networkCode = networkErrorCode(error);
  if (networkCode !== null) {
    const { provider } = context;
    const where = provider === undefined ? "" : ` at ${provider.address}`;
    const variable = provider === undefined ? "" : ` (${provider.addressVariable})`;
    const message = `Cannot reach the provider${where} (${networkCode}). ${networkAdvice(networkCode)}${variable}`;
    return new ProviderFault("provider_unreachable", message, { cause: error, retryable: true });
  }
  if (!AISDKError.isInstance(error)) return withoutSecrets(error, context);
  return new ProviderFault(
    "provider_error",
    `The model '${context.model}' could not be called: ${clip(context.redact(saidBy(error)))}`,
    { cause: error, retryable: APICallError.isInstance(error) && error.isRetryable },
  );
}

/** A key that makes no valid header is quoted by the error that says so. */
function withoutSecrets(error: unknown, { redact }: FaultContext): unknown {
  const message = error instanceof Error ? error.message : String(error);
  const safe = redact(message);
  return safe === message ? error : new Error(safe);
}

/** What an SDK's error says of the provider's answer; null where it is about something else. */
function refusalIn(error: unknown): Refusal | null {
  if (APICallError.isInstance(error)) {
    const status = error.statusCode;
    // The SDKs also give errors in the middle of an answer this class, and the answer's own status 200.
    if (status !== undefined && (status >= 400 || (status >= 300 && status < 400))) {
      const body = error.responseBody ?? "";
      const words = body === "" ? wordsInBody(error.message) : wordsInBody(body);
      return { status, headers: error.responseHeaders ?? {}, body, words };
    }
    return error.cause === undefined ? null : refusalIn(error.cause);
  }
  // Their schemas know one shape of error; what did not fit may be another.
  if (TypeValidationError.isInstance(error)) return refusalInValue(error.value);
  if (typeof error === "string") return refusalInValue({ error });
  if (typeof error === "object" && error !== null && !(error instanceof Error)) return refusalInValue(error);
  return null;
}

function refusalInValue(value: unknown): Refusal | null {
  const words = wordsInValue(value);
  return words.message === "" ? null : refusalOf(words);
}

function refusalOf(words: ProviderWords): Refusal {
  return { status: undefined, headers: {}, body: "", words };
}

function saidBy(error: unknown): string {
  const networkCode = networkErrorCode(error);
  if (networkCode !== null) return networkCode;
  if (TypeValidationError.isInstance(error)) return "it is not what the provider's protocol has";
  // "Failed to process successful response" says less than what it was caused by.
  if (APICallError.isInstance(error) && error.cause instanceof Error) return saidBy(error.cause);
  if (error instanceof Error) return error.message;
  return "an error without a message";
}
