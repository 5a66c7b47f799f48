import { keepColours } from "./terminal-controls.ts";

/** Of a running program's output the end is shown, in UTF-16 units: it may have written megabytes. */
const MAX_TAIL = 64_000;
/** Of a longer line the beginning is shown. */
const MAX_LINE = 4_000;

/**
 * What is left on a terminal after it was given a text: a carriage return goes back to the start of its line, and what
 * follows covers what stood there. Colours are left in it, for who shows them.
 */
export function terminalLines(text: string): string[] {
  const lines = keepColours(text.replaceAll("\r\n", "\n")).split("\n").map(lastOfLine);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** The end of a text that still grows: whole lines, and no more than one would look at. */
export function tailOf(text: string): string {
  if (text.length <= MAX_TAIL) return text;
  const start = text.indexOf("\n", text.length - MAX_TAIL);
  return text.slice(start === -1 ? -MAX_TAIL : start + 1);
}

/** Progress bars draw themselves over and over; the last one that says something is the one that is seen. */
function lastOfLine(line: string): string {
  const shown = line.includes("\r") ? (line.split("\r").findLast((part) => part !== "") ?? "") : line;
  return shown.length > MAX_LINE ? `${shown.slice(0, MAX_LINE)} … (${shown.length} characters)` : shown;
}
