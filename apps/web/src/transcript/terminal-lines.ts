import { screenOf } from "./terminal-screen.ts";

/** Of a running program's output the end is shown, in UTF-16 units: it may have written megabytes. */
const MAX_TAIL = 64_000;
/** Of any output, what is looked at, in UTF-16 units: logs from elsewhere may hold more than this server keeps. */
const MAX_LENGTH = 400_000;
/** A longer line goes on in the next one: a browser takes long over text without a break. */
const MAX_LINE = 2_000;

export interface TerminalText {
  lines: string[];
  /** Whether something that was written is not among them. */
  isLossy: boolean;
}

/** What is left on a terminal after a program wrote to it, in lines that a browser can show. Colours are left in. */
export function terminalLines(text: string): TerminalText {
  const end = endOf(text, MAX_LENGTH);
  const { lines, isLossy } = screenOf(end);
  return { lines: lines.flatMap(wrapped), isLossy: isLossy || end.length < text.length };
}

/** All that was written, line by line, with what a terminal would have covered or erased. */
export function writtenLines(text: string): string[] {
  const lines = endOf(text, MAX_LENGTH).split(/\r\n|[\n\r]/);
  return lines.flatMap((line) => screenOf(line.replaceAll(MOVES, " ")).lines.flatMap(wrapped));
}

// oxlint-disable-next-line no-control-regex -- controls are what it is about
const MOVES = /\u0008|(?:\u001B\[|\u009B)[\d;]*[A-HJKf]/g;

/** The end of a text that still grows: whole lines, and no more than one would look at. */
export const tailOf = (text: string): string => endOf(text, MAX_TAIL);

function endOf(text: string, length: number): string {
  if (text.length <= length) return text;
  const start = text.indexOf("\n", text.length - length);
  return text.slice(start === -1 ? -length : start + 1);
}

function wrapped(line: string): string[] {
  if (line.length <= MAX_LINE || line.includes("\u001B")) return [line];
  const parts: string[] = [];
  for (let start = 0; start < line.length; start += MAX_LINE) parts.push(line.slice(start, start + MAX_LINE));
  return parts;
}
