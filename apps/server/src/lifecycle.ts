/** A part of the server to be ended, in reverse order of starting. */
export interface Part {
  name: string;
  stop(): Promise<void>;
}

/** Records what was started, so that a failed start and a shutdown take the same path back. */
export class Lifecycle {
  readonly #parts: Part[] = [];
  #stopping: Promise<void> | undefined;

  started(name: string, stop: () => Promise<void> | void): void {
    this.#parts.push({ name, stop: async () => stop() });
  }

  /** Ends everything once, newest first; a part that fails to end does not stop the others. */
  async stop(onError: (part: string, error: unknown) => void): Promise<void> {
    this.#stopping ??= (async () => {
      for (const part of this.#parts.toReversed()) {
        try {
          await part.stop();
        } catch (error) {
          onError(part.name, error);
        }
      }
    })();
    return this.#stopping;
  }
}
