import { Shelf } from "./kept.ts";
import { readStored, storedKeys, writeStored } from "./stored.ts";

/** Longer texts go straight to IndexedDB, in UTF-16 units: localStorage holds 5 MB in all. */
const MAX_SHORT = 8_000;

const shelf = new Shelf("texts");
/** Keys that have nothing on the shelf, as far as this page knows: a short text need not be removed from there for each letter. */
const unshelved = new Set<string>();
/** Next write per key; writes of one key run one at a time. */
const writing = new Map<string, { value: object | null; done: Promise<boolean> }>();

/**
 * Stores what the user typed: short texts in localStorage, which works even as the page closes; long ones, and those
 * that don't fit, in IndexedDB.
 *
 * @returns whether it was stored, once known.
 */
export function keepText(key: string, value: { text: string } | null): Promise<boolean> {
  const isShort = value !== null && value.text.length <= MAX_SHORT && writeStored(key, value);
  if (value === null) writeStored(key, null);
  const isDone = isShort && unshelved.has(key) && !writing.has(key);
  return isDone ? Promise.resolve(true) : write(key, isShort ? null : value);
}

function write(key: string, value: object | null): Promise<boolean> {
  const running = writing.get(key);
  if (running !== undefined) {
    running.value = value;
    return running.done;
  }
  const entry = { value, done: Promise.resolve(true) };
  writing.set(key, entry);
  entry.done = (async () => {
    for (;;) {
      const next = entry.value;
      const kept = next === null ? (await shelf.forget(key), true) : await shelf.write(key, next);
      if (entry.value !== next) continue;
      if (next === null) unshelved.add(key);
      else unshelved.delete(key);
      // Until then, the page may close, and what localStorage has is better than nothing.
      if (next !== null && kept) writeStored(key, null);
      writing.delete(key);
      return kept;
    }
  })();
  return entry.done;
}

/** The part that can be read synchronously. */
export const readShortText = (key: string): unknown => readStored(key);

/** All of it. */
export async function readText(key: string): Promise<unknown> {
  return readStored(key) ?? (await shelf.read(key));
}

export async function keptTextKeys(prefix: string): Promise<string[]> {
  const long = await shelf.keys();
  return [...new Set([...storedKeys(prefix), ...long.filter((key) => key.startsWith(prefix))])];
}
