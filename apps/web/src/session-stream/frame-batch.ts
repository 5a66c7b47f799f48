import { isPageHidden, onPageVisible } from "./page-visibility.ts";

/** A page that nobody looks at paints no frames, but its title counts on. In ms. */
const HIDDEN_INTERVAL_MS = 250;

/**
 * Collects values and hands them on together, once per animation frame: however fast they come, the screen is worked
 * out once for each time that it is painted.
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

function schedule(run: () => void): () => void {
  if (isPageHidden()) {
    const timer = setTimeout(run, HIDDEN_INTERVAL_MS);
    const stop = onPageVisible(run);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }
  const frame = requestAnimationFrame(run);
  // Hidden before it was painted, the frame may never come.
  const timer = setTimeout(run, HIDDEN_INTERVAL_MS);
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
