import { createStore, delMany, get, keys, set, type UseStore } from "idb-keyval";
import { ownName } from "../navigation/base-path.ts";

/**
 * Storage in IndexedDB, which holds more than localStorage's 5 MB. Promises never reject: they resolve with `false` or
 * `null` if there is no space, or no database (some private windows).
 */
export class Shelf {
  readonly #name: string;
  #opened: UseStore | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  #store(): UseStore {
    this.#opened ??= createStore(ownName(`trunkline-${this.#name}`), this.#name);
    return this.#opened;
  }

  async read(key: string): Promise<unknown> {
    return (await this.#try(() => get<unknown>(key, this.#store()))) ?? null;
  }

  async keys(): Promise<string[]> {
    return ((await this.#try(() => keys<string>(this.#store()))) ?? []).map(String);
  }

  /** @returns whether it was stored. */
  async write(key: string, value: unknown): Promise<boolean> {
    const kept = await this.#try(async () => {
      await set(key, value, this.#store());
      return true;
    });
    return kept ?? false;
  }

  async forget(...names: string[]): Promise<void> {
    await this.#try(() => delMany(names, this.#store()));
  }

  async #try<T>(ask: () => Promise<T>): Promise<T | null> {
    if (!("indexedDB" in globalThis)) return null;
    try {
      return await ask();
    } catch {
      // Quota, a refusal or a broken database: the result tells the caller.
      return null;
    }
  }
}
