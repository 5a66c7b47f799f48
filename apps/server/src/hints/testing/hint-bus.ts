import type { Hint, Hints } from "../port.ts";

/** Connects nodes composed in one process. For tests. */
export class HintBus {
  /** Which hints get through: all, unless a test wants to lose some. */
  passes: (hint: Hint) => boolean = () => true;
  readonly #nodes = new Map<object, ((hint: Hint) => void)[]>();

  /** Another node's end of it. */
  connect(): Hints {
    const node = {};
    const listeners: ((hint: Hint) => void)[] = [];
    this.#nodes.set(node, listeners);
    return {
      announce: (hint) => {
        if (!this.passes(hint)) return;
        for (const [other, toTell] of this.#nodes) {
          if (other !== node) for (const listener of toTell) setImmediate(() => listener(hint));
        }
      },
      follow: (listener) => void listeners.push(listener),
      start: () => undefined,
      stop: async () => void this.#nodes.delete(node),
    };
  }
}
