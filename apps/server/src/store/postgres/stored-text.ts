/**
 * PostgreSQL's text can hold every character but NUL, which people and tools may write. It is stored as an escape of
 * two characters that nobody uses, and the escape character itself likewise; all other text is stored unchanged.
 */
const ESCAPE = "\u0001";
const NUL_ESCAPED = "\u0001\u0002";
const ESCAPE_ESCAPED = "\u0001\u0003";

/** @returns the text in a form that PostgreSQL can store. */
export function toStoredText(text: string): string {
  if (!text.includes("\0") && !text.includes(ESCAPE)) return text;
  return text.replaceAll(ESCAPE, ESCAPE_ESCAPED).replaceAll("\0", NUL_ESCAPED);
}

/** @returns the text from before `toStoredText`. */
export function fromStoredText(stored: string): string {
  if (!stored.includes(ESCAPE)) return stored;
  return stored.replaceAll(NUL_ESCAPED, "\0").replaceAll(ESCAPE_ESCAPED, ESCAPE);
}
