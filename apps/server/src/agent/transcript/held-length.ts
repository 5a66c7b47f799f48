/** What a value takes in memory by itself, in UTF-16 units: parsed JSON may be many times as long as its text. */
const VALUE_LENGTH = 16;

/** How much a value of JSON, of any depth, takes in memory; in UTF-16 units, roughly. */
export function heldLength(value: unknown): number {
  let length = 0;
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    length += VALUE_LENGTH;
    if (typeof next === "string") length += next.length;
    else if (typeof next === "object" && next !== null) {
      for (const [key, part] of Object.entries(next)) {
        if (!Array.isArray(next)) length += key.length;
        open.push(part);
      }
    }
  }
  return length;
}
