import { callFault, streamFault } from "./call-fault.ts";
import type { AnswerPart, AnswerParts, FaultContext, Model, ModelRequest, Patience } from "./model.ts";
import { ProviderFault } from "./provider-fault.ts";

export interface StreamRequest {
  model: Model;
  request: ModelRequest;
  patience: Patience;
  signal: AbortSignal;
  faultContext: FaultContext;
  onNotice?: ((message: string) => void) | undefined;
}

/** An answer in progress. Disposing it ends the request at any point. */
export interface ModelStream extends AsyncDisposable {
  /**
   * @returns null at the end of the stream.
   * @throws ProviderFault if the stream breaks or goes silent; the signal's reason once aborted.
   */
  next(): Promise<readonly AnswerPart[] | null>;
}

/** @throws ProviderFault if no answer starts; the signal's reason once aborted; other errors. */
export async function openStream(stream: StreamRequest): Promise<ModelStream> {
  const { model, request, patience, signal, faultContext, onNotice } = stream;
  signal.throwIfAborted();
  const ending = new AbortController();
  // Not AbortSignal.any: see joined-signal.ts.
  const onAbort = (): void => ending.abort(signal.reason);
  signal.addEventListener("abort", onAbort);
  const unlink = (): void => signal.removeEventListener("abort", onAbort);
  const silence = new Silence(patience, (fault) => ending.abort(fault));
  try {
    const call = { signal: ending.signal, onLife: () => silence.broken(), faultContext, onNotice };
    const parts = await abortable(model.ask(request, call), ending.signal);
    return readParts(parts, { ...stream, ending, silence, unlink });
  } catch (error) {
    silence.stop();
    unlink();
    ending.abort();
    signal.throwIfAborted();
    throw callFault(
      ending.signal.reason instanceof ProviderFault ? ending.signal.reason : error,
      faultContext,
    );
  }
}

/** A model that ignores its signal is abandoned; later output is discarded. */
async function abortable(answer: Promise<AnswerParts>, ended: AbortSignal): Promise<AnswerParts> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(ended.reason);
  ended.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([answer, aborted.promise]);
  } catch (error) {
    answer.then((parts) => parts.return?.(), ignore);
    throw error;
  } finally {
    ended.removeEventListener("abort", onAbort);
    aborted.promise.catch(ignore);
  }
}

interface Reading extends StreamRequest {
  ending: AbortController;
  silence: Silence;
  /** From the caller's signal. */
  unlink: () => void;
}

function readParts(
  parts: AnswerParts,
  { signal, faultContext, ending, silence, unlink }: Reading,
): ModelStream {
  // Not a race with a promise that lasts as long as the answer: it would keep a reaction for every piece.
  let endWait: ((end: null) => void) | null = null;
  const onEnd = (): void => endWait?.(null);
  const ended = ending.signal;
  ended.addEventListener("abort", onEnd, { once: true });
  const nextOrEnd = async (): Promise<IteratorResult<readonly AnswerPart[], void> | null> => {
    if (ended.aborted) return null;
    return new Promise((resolve, reject) => {
      endWait = resolve;
      parts.next().then(resolve, reject);
    });
  };

  const throwIfEnded = (): void => {
    signal.throwIfAborted();
    if (ending.signal.reason instanceof ProviderFault) throw ending.signal.reason;
  };

  return {
    async next() {
      silence.listen();
      try {
        const result = await nextOrEnd();
        throwIfEnded();
        if (result === null || result.done === true) return null;
        if (result.value.some(({ type }) => type === "text" || type === "reasoning")) silence.begun();
        return result.value;
      } catch (error) {
        throwIfEnded();
        throw streamFault(error, faultContext);
      } finally {
        silence.pause();
      }
    },
    async [Symbol.asyncDispose]() {
      silence.stop();
      unlink();
      ended.removeEventListener("abort", onEnd);
      ending.abort(READ);
      onEnd();
      await parts.return?.().catch(ignore);
    },
  };
}

/** Shared, as `abort` would make one with its stack for each answer. */
const READ = new Error("the answer has been read");

/**
 * Only the provider's silence counts, not the time the reader takes. The timer looks at the clock when it is due: setting it
 * anew for each token costs more than reading the clock.
 */
class Silence {
  readonly #patience: Patience;
  readonly #onTooLong: (fault: ProviderFault) => void;
  #timer: NodeJS.Timeout;
  #look: NodeJS.Immediate | undefined;
  /** The last sign of life, or the begin of listening; by `performance.now()`. */
  #since = performance.now();
  #isListening = true;
  #hasBegun = false;

  constructor(patience: Patience, onTooLong: (fault: ProviderFault) => void) {
    this.#patience = patience;
    this.#onTooLong = onTooLong;
    this.#timer = this.#start(patience.startMs);
  }

  broken(): void {
    this.#since = performance.now();
  }

  /** The first content arrived. */
  begun(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.stop();
    this.#since = performance.now();
    this.#timer = this.#start(this.#patience.idleMs);
  }

  listen(): void {
    this.#isListening = true;
    this.#since = performance.now();
  }

  pause(): void {
    this.#isListening = false;
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#look);
  }

  /** @param limitMs of silence. @param waitMs until the next look */
  #start(limitMs: number, waitMs = limitMs): NodeJS.Timeout {
    return setTimeout(() => {
      const isDue = (): boolean => this.#isListening && this.#leftMs(limitMs) <= 0;
      if (!isDue()) return this.#wait(limitMs);
      // This process may not have had a turn either: what has arrived meanwhile is read first.
      this.#look = setImmediate(() => {
        this.#look = setImmediate(() => {
          if (isDue()) this.#onTooLong(timeoutFault(this.#hasBegun, limitMs));
          else this.#wait(limitMs);
        });
      });
    }, Math.ceil(waitMs));
  }

  #wait(limitMs: number): void {
    const leftMs = this.#leftMs(limitMs);
    this.#timer = this.#start(limitMs, leftMs > 0 ? leftMs : limitMs);
  }

  #leftMs(limitMs: number): number {
    return this.#since + limitMs - performance.now();
  }
}

/** Swallows the outcome of a stream that nobody reads any more. */
function ignore(): void {}

/** A wait of minutes is not repeated five times. */
const TIMEOUT_TRIES = 3;

function timeoutFault(hasBegun: boolean, afterMs: number): ProviderFault {
  const seconds = Math.round(afterMs / 100) / 10;
  const message = hasBegun
    ? `The provider sent nothing for ${seconds} s. TRUNKLINE_MODEL_IDLE_TIMEOUT_SECONDS sets the limit`
    : `The provider did not start to answer within ${seconds} s. TRUNKLINE_MODEL_START_TIMEOUT_SECONDS sets the limit`;
  return new ProviderFault("provider_timeout", message, { retryable: true, maxTries: TIMEOUT_TRIES });
}
