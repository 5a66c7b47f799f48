/** What this browser keeps under a key, as JSON; null where it keeps nothing, refuses, or keeps something broken. */
export function readStored<T>(key: string): T | null {
  try {
    const text = localStorage.getItem(key);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

/** Keeps a value; `null` forgets it. A full or forbidden storage costs convenience and nothing else. */
export function writeStored(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch (error) {
    console.warn(`This browser does not keep ${key}`, error);
  }
}
