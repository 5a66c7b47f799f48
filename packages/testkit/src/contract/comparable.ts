const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Of a token or an invitation. */
const SECRET = /^(?:tl_)?[\w-]{43}$/;
/** Differences to ignore between two runs: times, durations, how text was split into pieces. */
const INCIDENTAL = /^(?:at|.+At|.+AtSeq|.*[sS]eq|durationMs|workedMs)$/;

const COMMIT = /^(?:commit|fromCommit|toCommit)$/;

/** Normalises values: ids are numbered in order of appearance, times and positions only distinguished from null. */
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
      // Of a checkpoint: git hashes its time, too.
      if (COMMIT.test(key)) return "a commit";
      // Input fields that hold ids.
      if (key === "requestHash") return "a hash";
      return SECRET.test(part) ? "a secret" : part.replaceAll(UUID, number);
    }),
  );
}
