import { ownName } from "../navigation/base-path.ts";

/** Reads JSON from localStorage; null if it is missing, inaccessible or broken. */
export function readStored(key: string): unknown {
  try {
    const text = localStorage.getItem(ownName(key));
    return text === null ? null : (JSON.parse(text) as unknown);
  } catch {
    return null;
  }
}

/**
 * Stores a value; `null` removes it.
 *
 * @returns false if the browser has no space or does not allow it: user input must then go elsewhere.
 */
export function writeStored(key: string, value: unknown): boolean {
  try {
    if (value === null) localStorage.removeItem(ownName(key));
    else localStorage.setItem(ownName(key), JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** Stored keys with this prefix. */
export function storedKeys(prefix: string): string[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(ownName(prefix)))
      .map((key) => key.slice(ownName("").length));
  } catch {
    return [];
  }
}
