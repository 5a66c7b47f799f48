/** @returns about how much memory a JSON value takes: the length of all strings in it, in UTF-16 units. */
export function lengthOfStrings(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  let length = 0;
  for (const part of Object.values(value)) length += lengthOfStrings(part);
  return length;
}
