/** Words that are looked for; more would only find less. Keeps far from the engine's limits. */
const MAX_TERMS = 32;

/** What is in quotes, or stands between spaces. */
const TERMS = /"([^"]*)"|\S+/gu;

/**
 * Turns what a person typed into an FTS5 expression over one owner's texts: every word must occur, and what is in quotes
 * as it stands there; the last word may be a beginning, from two letters on. Each is quoted again, so FTS5's own operators are just words.
 * (https://sqlite.org/fts5.html, "FTS5 Strings")
 * @returns null where there is no letter or digit to look for.
 */
export function toMatchExpression(ownerId: string, text: string): string | null {
  // The engine takes a NUL for the end of the expression.
  const terms = [...text.replaceAll("\0", " ").matchAll(TERMS)]
    .map(([word, phrase]) => ({ text: phrase ?? word, isPhrase: phrase !== undefined }))
    .filter((term) => /[\p{L}\p{N}]/u.test(term.text))
    .slice(0, MAX_TERMS);
  const last = terms.at(-1);
  if (last === undefined) return null;
  const words = terms.map((term) => quoted(term.text)).join(" ");
  // Too many words begin with any one letter, and nobody looks for all of them.
  const mayGoOn = !last.isPhrase && last.text.length > 1;
  return `owner: ${quoted(ownerId.replaceAll("-", ""))} AND text: (${words}${mayGoOn ? "*" : ""})`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
