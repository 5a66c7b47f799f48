/** What this browser keeps under a key, as JSON; null where it keeps nothing, refuses, or keeps something broken. */
export function readStored(key: string): unknown {
  try {
    const text = localStorage.getItem(key);
    return text === null ? null : (JSON.parse(text) as unknown);
  } catch {
    return null;
  }
}

/** Keeps a value; `null` forgets it, as far as the browser lets it. */
export function writeStored(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // What is kept here is for convenience: a browser without room, or without permission, works all the same.
  }
}
