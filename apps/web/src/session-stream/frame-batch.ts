import { isPageHidden, onPageVisible } from "../network/page-visibility.ts";

/** A hidden page paints no frames, but its title must stay current. In ms. */
const HIDDEN_INTERVAL_MS = 250;

/**
 * Collects values and delivers them once per animation frame: however fast they arrive, the screen is computed once per
 * paint.
 */
export class FrameBatch<T> {
  #values: T[] = [];
  #cancel: (() => void) | null = null;
  readonly #deliver: (values: T[]) => void;

  constructor(deliver: (values: T[]) => void) {
    this.#deliver = deliver;
  }

  add(...values: T[]): void {
    this.#values.push(...values);
    this.#cancel ??= schedule(() => this.flush());
  }

  flush(): void {
    this.stop();
    const values = this.#values;
    this.#values = [];
    if (values.length > 0) this.#deliver(values);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}

interface Screen {
  requestAnimationFrame?(paint: () => void): number;
  cancelAnimationFrame?(frame: number): void;
}

/** Interval without painting, as in tests, in ms. */
const FRAME_MS = 16;

function schedule(run: () => void): () => void {
  const screen = globalThis as Screen;
  const paints = screen.requestAnimationFrame !== undefined && !isPageHidden();
  const frame = paints ? screen.requestAnimationFrame?.(run) : undefined;
  // If the page is hidden before the next paint, the frame may never come.
  const timer = setTimeout(run, screen.requestAnimationFrame === undefined ? FRAME_MS : HIDDEN_INTERVAL_MS);
  const stop = paints ? () => {} : onPageVisible(run);
  return () => {
    if (frame !== undefined) screen.cancelAnimationFrame?.(frame);
    clearTimeout(timer);
    stop();
  };
}
