import { screenOf } from "./terminal-screen.ts";

/** Shown of a running program's output: its tail, in UTF-16 units. It may have written megabytes. */
const MAX_TAIL = 64_000;
/** Maximum processed of any output, in UTF-16 units: imported logs may hold more than this server keeps. */
const MAX_LENGTH = 400_000;
/** Longer lines are wrapped: browsers are slow with unbroken text. */
const MAX_LINE = 2_000;

export interface TerminalText {
  lines: string[];
  /** Whether some of the output is not shown. */
  isLossy: boolean;
}

/** Final state of a terminal after a program's output, as lines. Colours are kept. */
export function terminalLines(text: string): TerminalText {
  const end = endOf(text, MAX_LENGTH);
  const { lines, isLossy } = screenOf(end);
  return { lines: lines.flatMap(wrapped), isLossy: isLossy || end.length < text.length };
}

/** The whole output line by line, including what a terminal would have overwritten or erased. */
export function writtenLines(text: string): string[] {
  const lines = endOf(text, MAX_LENGTH).split(/\r\n|[\n\r]/);
  return lines.flatMap((line) => screenOf(line.replaceAll(MOVES, " ")).lines.flatMap(wrapped));
}

// oxlint-disable-next-line no-control-regex -- controls are what it is about
const MOVES = /\u0008|(?:\u001B\[|\u009B)[\d;]*[A-HJKf]/g;

/** The tail of growing output: whole lines, no more than one would read. */
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
