import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
} from "@ai-sdk/provider";
import { callFault, type FaultContext, ProviderFault, streamFault } from "./provider-fault.ts";

export interface Patience {
  /** Milliseconds until the answer begins. */
  firstByteMs: number;
  /** Milliseconds between two pieces of it. */
  inactivityMs: number;
}

export interface StreamRequest {
  model: LanguageModelV4;
  options: Omit<LanguageModelV4CallOptions, "abortSignal">;
  patience: Patience;
  signal: AbortSignal;
  faultContext: FaultContext;
}

/** An answer on its way. Disposing it ends the request, wherever it stands. */
export interface ModelStream extends AsyncDisposable {
  /**
   * @returns null at the end of the stream.
   * @throws ProviderFault where the stream breaks or falls silent; the signal's reason once it is aborted.
   */
  next(): Promise<LanguageModelV4StreamPart | null>;
}

/** @throws ProviderFault where no answer begins; the signal's reason once it is aborted; what else goes wrong. */
export async function openStream(request: StreamRequest): Promise<ModelStream> {
  const { model, options, patience, signal, faultContext } = request;
  signal.throwIfAborted();
  const ending = new AbortController();
  const ended = AbortSignal.any([signal, ending.signal]);
  const firstByteTimer = setTimeout(() => {
    ending.abort(timeoutFault("did not begin to answer", patience.firstByteMs));
  }, patience.firstByteMs);
  try {
    const { stream } = await abortable(model.doStream({ ...options, abortSignal: ended }), ended);
    return readParts(stream, { ...request, ending, ended });
  } catch (error) {
    ending.abort();
    signal.throwIfAborted();
    throw callFault(error, faultContext);
  } finally {
    clearTimeout(firstByteTimer);
  }
}

/** A model that does not heed its signal is left behind; what it gives later is thrown away. */
async function abortable(
  answer: PromiseLike<LanguageModelV4StreamResult>,
  ended: AbortSignal,
): Promise<LanguageModelV4StreamResult> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(ended.reason);
  ended.addEventListener("abort", onAbort, { once: true });
  const answered = Promise.resolve(answer);
  try {
    return await Promise.race([answered, aborted.promise]);
  } catch (error) {
    answered.then(({ stream }) => stream.cancel(), ignore);
    throw error;
  } finally {
    ended.removeEventListener("abort", onAbort);
    aborted.promise.catch(ignore);
  }
}

function readParts(
  stream: ReadableStream<LanguageModelV4StreamPart>,
  {
    patience,
    signal,
    faultContext,
    ending,
    ended,
  }: StreamRequest & { ending: AbortController; ended: AbortSignal },
): ModelStream {
  const reader = stream.getReader();
  // Cancelling resolves the read that waits, so that an abort needs no race around every piece.
  const onEnd = (): void => void reader.cancel(ended.reason).catch(ignore);
  ended.addEventListener("abort", onEnd, { once: true });
  // Only the provider's silence counts, not the time that the reader takes for what it got.
  let isReading = false;
  const silence = setTimeout(() => {
    if (isReading) ending.abort(timeoutFault("sent nothing more", patience.inactivityMs));
    else silence.refresh();
  }, patience.inactivityMs);

  const throwIfEnded = (): void => {
    signal.throwIfAborted();
    if (ending.signal.reason instanceof ProviderFault) throw ending.signal.reason;
  };

  return {
    async next() {
      isReading = true;
      silence.refresh();
      try {
        const { done, value } = await reader.read();
        throwIfEnded();
        return done ? null : value;
      } catch (error) {
        throwIfEnded();
        throw streamFault(error, faultContext);
      } finally {
        isReading = false;
      }
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(silence);
      ended.removeEventListener("abort", onEnd);
      ending.abort();
      await reader.cancel().catch(ignore);
    },
  };
}

/** What comes of a stream that nobody reads any more. */
function ignore(): void {}

function timeoutFault(what: string, afterMs: number): ProviderFault {
  return new ProviderFault(
    "provider_timeout",
    `The model's provider ${what} within ${Math.round(afterMs / 100) / 10} s`,
    { retryable: true },
  );
}
