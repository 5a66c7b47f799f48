/** A queue for one reader. Once ended or failed, it delivers what is left, then ends or throws. */
export class Inbox<T> implements AsyncIterable<T> {
  #waiting: T[] = [];
  #closed: { error: unknown } | "ended" | null = null;
  #wake: (() => void) | null = null;

  push(value: T): void {
    if (this.#closed !== null) return;
    this.#waiting.push(value);
    this.#wake?.();
  }

  end(): void {
    this.#closed ??= "ended";
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#closed ??= { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      const values = this.#waiting;
      this.#waiting = [];
      yield* values;
      if (this.#waiting.length > 0) continue;
      if (this.#closed === "ended") return;
      if (this.#closed !== null) throw this.#closed.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }
}
