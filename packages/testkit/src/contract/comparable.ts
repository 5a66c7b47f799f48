const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Of a token, or an invitation. */
const SECRET = /^(?:tl_)?[\w-]{43}$/;
/** What two runs of the same thing need not have in common: when it was, how long it took, how its pieces were cut. */
const INCIDENTAL = /^(?:at|.+At|.+AtSeq|.*[sS]eq|durationMs)$/;

/**
 * The same value for what differs by incidentals alone: ids are numbered in the order of their appearance, times and
 * positions are only told apart from null.
 */
export function comparable(value: unknown): unknown {
  const numbers = new Map<string, string>();
  const number = (id: string): string => {
    const known = numbers.get(id) ?? `#${numbers.size + 1}`;
    numbers.set(id, known);
    return known;
  };
  return JSON.parse(
    JSON.stringify(value, (key, part: unknown) => {
      if (typeof part === "number" && INCIDENTAL.test(key)) return "any";
      if (typeof part !== "string") return part;
      // Of an input that names ids.
      if (key === "requestHash") return "a hash";
      return SECRET.test(part) ? "a secret" : part.replaceAll(UUID, number);
    }),
  );
}
