import { callDisplay, type EventDataOf, type ToolCall } from "@trunkline/contract";
import stringWidth from "string-width";
import { formatDuration } from "../terminal/duration.ts";
import { fit } from "../terminal/fit.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { screenLines } from "../terminal/screen-lines.ts";
import { formatSize } from "../terminal/size.ts";
import type { Look } from "./look.ts";

type ToolEnd = EventDataOf<"tool.ended">;

const INDENT = "  ";

/** @returns the call in short: `bash  ls -la`, `read_file  notes.txt`. */
export function describeCall(
  call: Pick<ToolCall, "tool" | "input" | "title" | "kind" | "locations">,
): string {
  return `${oneLine(call.tool)}${INDENT}${describeInput(call)}`.trimEnd();
}

function describeInput(call: Parameters<typeof describeCall>[0]): string {
  return oneLine(callDisplay(call).title);
}

/** @returns the row of an ended call, on one line if the look has a width: `✓ bash  ls -la  12ms`. */
export function formatToolRow(call: ToolCall, end: ToolEnd, { colors, width }: Look): string {
  const marks: Readonly<Record<string, [string, Colorize]>> = {
    succeeded: ["✓", colors.green],
    failed: ["✗", colors.red],
    denied: ["⊘", colors.yellow],
    interrupted: ["!", colors.yellow],
    canceled: ["■", colors.yellow],
  } satisfies Record<ToolEnd["status"], [string, Colorize]>;
  const [mark, paint] = marks[end.status] ?? ["?", colors.yellow];
  const details = [
    ...(end.status === "succeeded"
      ? []
      : [end.status === "denied" ? "denied, not run" : oneLine(end.status)]),
    ...(end.exitCode ? [`exit ${end.exitCode}`] : []),
    ...(end.status === "denied" ? [] : [formatDuration(end.durationMs)]),
  ].join(", ");
  const tool = oneLine(call.tool);
  const room = width - stringWidth(`${mark} ${tool}${INDENT}${INDENT}${details}`);
  const input = fit(describeInput(call), room);
  const parts = [
    `${paint(mark)} ${colors.bold(tool)}`,
    ...(input === "" ? [] : [input]),
    colors.dim(details),
  ];
  return parts.join(INDENT);
}

type Colorize = (text: string) => string;

/**
 * @returns a tool's output, indented; if it is too long, its start and end: the first lines say what it is, the last
 * ones how it went
 */
export function formatToolOutput(
  { output, omittedBytes }: ToolEnd,
  { colors, width, maxOutputLines }: Look,
): string[] {
  const lines = screenLines(output);
  const shown = shorten(lines, maxOutputLines, colors.dim).map(
    (line) => INDENT + fit(line, width - INDENT.length),
  );
  if (omittedBytes !== undefined)
    shown.push(INDENT + colors.dim(`${formatSize(omittedBytes)} omitted from the middle`));
  return shown;
}

/** @returns the lines, or their start and end with a note between, `max` in all. */
export function shorten(lines: readonly string[], max: number, dim: Colorize): readonly string[] {
  if (lines.length <= max) return lines;
  const tail = Math.floor((max - 1) / 2);
  const head = max - 1 - tail;
  const left = lines.length - head - tail;
  return [
    ...lines.slice(0, head),
    dim(`… ${left} more ${left === 1 ? "line" : "lines"}`),
    ...lines.slice(lines.length - tail),
  ];
}
