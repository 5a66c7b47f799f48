import { cutWhole } from "./whole-characters.ts";
import { withoutNul } from "./output-text.ts";

export interface ProgressLimits {
  /** Output within this time is shown together, in ms. */
  coalesceMs: number;
  /** Maximum characters per piece. */
  chunkLength: number;
  /** Maximum characters in all; the rest is in the result. */
  totalLength: number;
}

const PROGRESS_LIMITS: ProgressLimits = { coalesceMs: 100, chunkLength: 16_384, totalLength: 262_144 };

const CUT_NOTE = "\n[… more output follows; the result shows its end …]\n";

/** Shows a command's output while it runs, in few pieces, and holds the command back while they are being stored. */
export class ProgressFeed {
  readonly #show: (chunk: string) => Promise<void>;
  readonly #limits: ProgressLimits;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #pending = "";
  #left: number;
  #isCut = false;
  #timer: NodeJS.Timeout | undefined;
  #showing: Promise<void> = Promise.resolve();
  #failure: { error: unknown } | undefined;
  readonly #failed = new AbortController();

  constructor(show: (chunk: string) => Promise<void>, limits: ProgressLimits = PROGRESS_LIMITS) {
    this.#show = show;
    this.#limits = limits;
    this.#left = limits.totalLength;
  }

  /** Aborts when a piece could not be stored: nobody is waiting for the command any more. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /** @returns a promise to await before sending more. It never rejects: `finish` does. */
  push(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#left === 0) return this.#noteCut();
    this.#pending += withoutNul(this.#decoder.decode(bytes, { stream: true }));
    if (this.#pending.length >= Math.min(this.#limits.chunkLength, this.#left)) return this.#flush();
    this.#timer ??= setTimeout(() => void this.#flush(), this.#limits.coalesceMs);
    return undefined;
  }

  /**
   * Shows the rest.
   * @throws the first error while showing.
   */
  async finish(): Promise<void> {
    if (this.#left > 0) this.#pending += withoutNul(this.#decoder.decode());
    await this.#flush();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#takePending();
    if (text !== "") this.#showing = this.#showing.then(() => this.#showSafely(text));
    return this.#showing;
  }

  #takePending(): string {
    const text = this.#pending;
    this.#pending = "";
    if (text.length <= this.#left) {
      this.#left -= text.length;
      return text;
    }
    const shown = cutWhole(text, this.#left);
    this.#left = 0;
    this.#isCut = true;
    return shown + CUT_NOTE;
  }

  /** The output exceeds the limit: say so, once. */
  #noteCut(): undefined {
    if (this.#isCut) return;
    this.#isCut = true;
    this.#showing = this.#showing.then(() => this.#showSafely(CUT_NOTE));
  }

  async #showSafely(text: string): Promise<void> {
    if (this.#failure !== undefined) return;
    try {
      await this.#show(text);
    } catch (error) {
      this.#failure = { error };
      this.#left = 0;
      this.#isCut = true;
      this.#failed.abort();
    }
  }
}
