/**
 * What is left on a terminal after it was given a text: a carriage return goes back to the start of its line, and what
 * follows covers what stood there. Colours are left as they are, for who shows them.
 */
export function terminalLines(text: string): string[] {
  const lines = text.replaceAll("\r\n", "\n").split("\n").map(lastOfLine);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Progress bars draw themselves over and over; the last one that says something is the one that is seen. */
function lastOfLine(line: string): string {
  if (!line.includes("\r")) return line;
  return line.split("\r").findLast((part) => part !== "") ?? "";
}
