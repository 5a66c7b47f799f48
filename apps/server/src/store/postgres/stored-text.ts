/**
 * PostgreSQL's text holds every character but NUL, and what people and tools write may have one. It is stored as two
 * characters that nobody writes, and its escape as itself and another; all other text is stored as it is.
 */
const ESCAPE = "\u0001";
const NUL_ESCAPED = "\u0001\u0002";
const ESCAPE_ESCAPED = "\u0001\u0003";

/** @returns the text as PostgreSQL can hold it. */
export function toStoredText(text: string): string {
  if (!text.includes("\0") && !text.includes(ESCAPE)) return text;
  return text.replaceAll(ESCAPE, ESCAPE_ESCAPED).replaceAll("\0", NUL_ESCAPED);
}

/** @returns the text as it was before `toStoredText`. */
export function fromStoredText(stored: string): string {
  if (!stored.includes(ESCAPE)) return stored;
  return stored.replaceAll(NUL_ESCAPED, "\0").replaceAll(ESCAPE_ESCAPED, ESCAPE);
}
