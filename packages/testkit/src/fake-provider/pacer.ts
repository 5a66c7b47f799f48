import { monotonicMicros } from "../monotonic-micros.ts";

/** Maximum tokens per tick and stream: keeps an unpaced stream from filling the memory. */
const MAX_TOKENS_PER_TICK = 500;
/** Delay before checking a stream whose reader is behind, in µs. */
const RECHECK_US = 5_000;

export interface PacedStream {
  count: number;
  /** Infinity: as fast as `hasRoom` allows. */
  perSecond: number;
  signal: AbortSignal;
  /** False while the reader is behind; due tokens wait. */
  hasRoom(): boolean;
  /** Emits the tokens `from` to `to - 1`. */
  emit(from: number, to: number): void;
}

interface Running extends PacedStream {
  startedAtUs: number;
  emitted: number;
  resolve: () => void;
}

/** Emits tokens of any number of streams at their pace from one timer, which runs only while there are streams. */
export class Pacer {
  readonly #streams = new Set<Running>();
  #timer: NodeJS.Timeout | undefined;

  /** Resolves once all tokens are emitted or the signal aborts. */
  run(stream: PacedStream): Promise<void> {
    return new Promise((resolve) => {
      this.#streams.add({ ...stream, startedAtUs: monotonicMicros(), emitted: 0, resolve });
      clearTimeout(this.#timer);
      this.#tick();
    });
  }

  #tick(): void {
    const nowUs = monotonicMicros();
    let nextDueUs = Number.POSITIVE_INFINITY;
    for (const stream of this.#streams) {
      const dueUs = advance(stream, nowUs);
      if (dueUs === null) {
        this.#streams.delete(stream);
        stream.resolve();
      } else {
        nextDueUs = Math.min(nextDueUs, dueUs);
      }
    }
    if (this.#streams.size === 0) return;
    this.#timer = setTimeout(() => this.#tick(), Math.max(1, Math.floor((nextDueUs - nowUs) / 1_000)));
  }
}

/** Emits what is due. @returns when the next token is due; null at the end of the stream. */
function advance(stream: Running, nowUs: number): number | null {
  if (stream.signal.aborted) return null;
  const paced = Number.isFinite(stream.perSecond);
  const due = paced
    ? Math.floor(((nowUs - stream.startedAtUs) * stream.perSecond) / 1_000_000) + 1
    : stream.count;
  const to = Math.min(due, stream.count, stream.emitted + MAX_TOKENS_PER_TICK);
  if (to > stream.emitted) {
    if (!stream.hasRoom()) return nowUs + RECHECK_US;
    stream.emit(stream.emitted, to);
    stream.emitted = to;
  }
  if (stream.emitted >= stream.count || stream.signal.aborted) return null;
  return paced ? stream.startedAtUs + (stream.emitted * 1_000_000) / stream.perSecond : nowUs;
}
