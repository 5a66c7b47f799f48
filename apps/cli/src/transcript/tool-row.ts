import type { EventDataOf, Json, ToolCall } from "@trunkline/contract";
import stringWidth from "string-width";
import { formatDuration } from "../terminal/duration.ts";
import { fit } from "../terminal/fit.ts";
import { oneLine, outputLines } from "../terminal/plain-text.ts";
import type { Look } from "./look.ts";

type ToolEnd = EventDataOf<"tool.ended">;

const INDENT = "  ";

/** What tells one call of a tool from another, by the names that tools give it. */
const TELLING_INPUTS = ["command", "path", "pattern", "query", "url", "question"] as const;

/** @returns the call in a few words: `bash  ls -la`, `read_file  notes.txt`. */
export function describeCall({ tool, input }: Pick<ToolCall, "tool" | "input">): string {
  return `${oneLine(tool)}${INDENT}${describeInput(input)}`.trimEnd();
}

function describeInput(input: Json): string {
  if (typeof input !== "object" || input === null || Array.isArray(input))
    return oneLine(JSON.stringify(input));
  for (const name of TELLING_INPUTS) {
    const value = input[name];
    if (typeof value === "string") return oneLine(value);
  }
  return Object.keys(input).length === 0 ? "" : oneLine(JSON.stringify(input));
}

/** @returns the row of a call that has ended, on one line where the look has a width: `✓ bash  ls -la  12ms`. */
export function formatToolRow(call: ToolCall, end: ToolEnd, { colors, width }: Look): string {
  const [mark, paint] = {
    succeeded: ["✓", colors.green],
    failed: ["✗", colors.red],
    denied: ["⊘", colors.yellow],
    interrupted: ["!", colors.yellow],
    canceled: ["■", colors.yellow],
  }[end.status] as [string, Colorize];
  const details = [
    ...(end.status === "succeeded" ? [] : [end.status]),
    ...(end.exitCode ? [`exit ${end.exitCode}`] : []),
    formatDuration(end.durationMs),
  ].join(", ");
  const tool = oneLine(call.tool);
  const room = width - stringWidth(`${mark} ${tool}${INDENT}${INDENT}${details}`);
  const input = fit(describeInput(call.input), room);
  const parts = [
    `${paint(mark)} ${colors.bold(tool)}`,
    ...(input === "" ? [] : [input]),
    colors.dim(details),
  ];
  return parts.join(INDENT);
}

type Colorize = (text: string) => string;

/**
 * @returns a tool's output, indented; where it is longer than the look allows, its beginning and its end, as the first
 * lines say what it is and the last how it went
 */
export function formatToolOutput(
  { output, omittedBytes }: ToolEnd,
  { colors, width, maxOutputLines }: Look,
): string[] {
  const lines = outputLines(output);
  const shown = shorten(lines, maxOutputLines, colors.dim).map(
    (line) => INDENT + fit(line, width - INDENT.length),
  );
  if (omittedBytes !== undefined)
    shown.push(INDENT + colors.dim(`(${omittedBytes} bytes were left out on the server)`));
  return shown;
}

/** @returns the lines, or their beginning and end with a note between, `max` in all. */
export function shorten(lines: readonly string[], max: number, dim: Colorize): readonly string[] {
  if (lines.length <= max) return lines;
  const tail = Math.floor((max - 1) / 2);
  const head = max - 1 - tail;
  const left = lines.length - head - tail;
  return [...lines.slice(0, head), dim(`… ${left} more lines`), ...lines.slice(lines.length - tail)];
}
