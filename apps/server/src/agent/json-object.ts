export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @returns the object itself, or what stands in for a missing one. */
export function objectOr(value: unknown, fallback: JsonObject = {}): JsonObject {
  return isObject(value) ? value : fallback;
}

/** One item, a list of them or nothing, as a list. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** @returns undefined where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A copy in which no string holds half a surrogate pair; only what `JSON.parse` gives is copied. */
export function wellFormedJson<T>(value: T): T {
  const text = JSON.stringify(value);
  if (text === undefined || !/\\u[dD][89a-fA-F]/.test(text)) return value;
  return JSON.parse(text.replaceAll(/(?<!\\)((?:\\\\)*)\\u[dD][89a-fA-F][0-9a-fA-F]{2}/g, "$1\uFFFD")) as T;
}
