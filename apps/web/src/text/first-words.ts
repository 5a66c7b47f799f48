/** The start of a text on one line, with an ellipsis if it is longer. */
export function firstWords(text: string, length = 80): string {
  const line = text
    .trim()
    .slice(0, length * 2)
    .replaceAll(/\s+/g, " ");
  return line.length > length || text.trim().length > length * 2
    ? `${line.slice(0, length).trimEnd()}…`
    : line;
}
