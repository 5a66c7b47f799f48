import { AISDKError, APICallError, TypeValidationError } from "@ai-sdk/provider";
import { networkAdvice, networkErrorCode } from "./network-error.ts";
import type { FaultContext } from "./model.ts";
import { clip, ProviderFault } from "./provider-fault.ts";
import { type ProviderWords, wordsInBody, wordsInValue } from "./provider-words.ts";
import { type Refusal, refusalFault } from "./refusal-fault.ts";

/** The answer started but did not complete; discard all of it. */
export function streamFault(error: unknown, context: FaultContext): ProviderFault {
  const fault = faultIn(error);
  if (fault !== null) return fault;
  const refusal = refusalIn(error);
  if (refusal !== null) return refusalFault({ ...refusal, inStream: true }, context);
  return cutFault(saidBy(error), context, error);
}

/** The answer was cut off; discard what it said so far. */
export function cutFault(said: string, { redact }: FaultContext, cause?: unknown): ProviderFault {
  const message = `The model's answer was cut off (${clip(redact(said))})`;
  return new ProviderFault("provider_stream_cut", message, { cause, retryable: true });
}

/** The call failed before an answer started. Errors that are not the provider's are returned with secrets redacted. */
export function callFault(error: unknown, context: FaultContext): unknown {
  const fault = faultIn(error);
  if (fault !== null) return fault;
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

/** The SDKs wrap what reading the response threw. */
function faultIn(error: unknown): ProviderFault | null {
  if (error instanceof ProviderFault) return error;
  return AISDKError.isInstance(error) && error.cause !== undefined ? faultIn(error.cause) : null;
}

/** A key that is not a valid header value is quoted by the error. */
function withoutSecrets(error: unknown, { redact }: FaultContext): unknown {
  const message = error instanceof Error ? error.message : String(error);
  const safe = redact(message);
  return safe === message ? error : new Error(safe);
}

/** The provider's response according to an SDK error; null for other errors. */
function refusalIn(error: unknown): Refusal | null {
  if (APICallError.isInstance(error)) {
    const status = error.statusCode;
    // The SDKs also use this class for errors within an answer, with the answer's own status 200.
    if (status !== undefined && (status >= 400 || (status >= 300 && status < 400))) {
      const body = error.responseBody ?? "";
      const words = body === "" ? wordsInBody(error.message) : wordsInBody(body);
      return { status, headers: error.responseHeaders ?? {}, body, words };
    }
    return error.cause === undefined ? null : refusalIn(error.cause);
  }
  // SDK schemas know one shape of error; try others.
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
  // "Failed to process successful response" is less useful than its cause.
  if (APICallError.isInstance(error) && error.cause instanceof Error) return saidBy(error.cause);
  if (error instanceof Error) return error.message;
  return "an error without a message";
}
