import { newIdempotencyKey } from "./idempotency-key.ts";
import { readStored, writeStored } from "../text/stored.ts";

interface Stored {
  text: string;
  /** The key that it was sent under, if it was: sent again, it is the same task. */
  idempotencyKey: string | null;
}

/**
 * What somebody is about to say, at one place. It is kept in the browser until the server has it: it survives failures
 * and reloads.
 */
export class Draft {
  #text: string;
  #idempotencyKey: string | null;
  readonly #storageKey: string;
  readonly #listeners = new Set<() => void>();

  /** @param place a session's id, or `new`. */
  constructor(place: string) {
    this.#storageKey = `trunkline:draft:${place}`;
    const stored = this.#read();
    this.#text = stored.text;
    this.#idempotencyKey = stored.idempotencyKey;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly text = (): string => this.#text;

  /** Another text is another task. */
  readonly write = (text: string): void => {
    this.#show(text, null);
    this.#keep({ text, idempotencyKey: null });
  };

  /**
   * Sends what is there. It is gone from the field at once, and comes back if the server does not take it.
   *
   * @throws what `submit` throws.
   */
  readonly send = async (
    submit: (prompt: string, idempotencyKey: string) => Promise<void>,
  ): Promise<void> => {
    const prompt = this.#text;
    const idempotencyKey = this.#idempotencyKey ?? newIdempotencyKey();
    this.#keep({ text: prompt, idempotencyKey });
    this.#show("", null);
    try {
      await submit(prompt, idempotencyKey);
    } catch (error) {
      if (this.#text === "") this.#show(prompt, idempotencyKey);
      else this.#show(`${prompt}\n\n${this.#text}`, null);
      this.#keep({ text: this.#text, idempotencyKey: this.#idempotencyKey });
      throw error;
    }
    // Unless somebody has begun with something else.
    if (this.#read().idempotencyKey === idempotencyKey) this.#keep({ text: "", idempotencyKey: null });
  };

  #show(text: string, idempotencyKey: string | null): void {
    this.#text = text;
    this.#idempotencyKey = idempotencyKey;
    for (const listener of this.#listeners) listener();
  }

  #read(): Stored {
    const stored = readStored(this.#storageKey) as Partial<Stored> | null;
    return { text: stored?.text ?? "", idempotencyKey: stored?.idempotencyKey ?? null };
  }

  #keep(draft: Stored): void {
    writeStored(this.#storageKey, draft.text === "" ? null : draft);
  }
}
