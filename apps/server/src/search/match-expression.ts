/**
 * Turns what a person typed into an FTS5 expression: every word must occur, the last may be a beginning. Each word is
 * quoted, so FTS5's own operators are just words here. (https://sqlite.org/fts5.html, "FTS5 Strings")
 * @returns null where there is no letter or digit to look for.
 */
export function toMatchExpression(text: string): string | null {
  const words = text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (words.length === 0) return null;
  return `${words.map((word) => `"${word.replaceAll('"', '""')}"`).join(" ")}*`;
}
