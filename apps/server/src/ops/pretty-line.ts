import { styleText } from "node:util";
import { printable } from "../common/printable.ts";

type Style = Parameters<typeof styleText>[0];

const LEVELS: Readonly<Record<number, readonly [label: string, style: Style]>> = {
  10: ["trace", "gray"],
  20: ["debug", "gray"],
  30: ["info", "green"],
  40: ["warn", "yellow"],
  50: ["error", "red"],
  60: ["fatal", "red"],
};

/** Fields that are not shown, or shown in their own way. */
const HIDDEN = new Set(["level", "time", "msg", "err", "node"]);

/**
 * @returns a log line for a terminal: time of day, level, message, the rest as `key=value`, then the stack, indented so
 * that nothing in it looks like a separate line
 */
export function prettyLine(line: string): string {
  const record = JSON.parse(line) as Record<string, unknown>;
  const [label, style] = LEVELS[Number(record["level"])] ?? ["log", "gray"];
  const time = new Date(Number(record["time"])).toTimeString().slice(0, 8);
  const fields = Object.entries(record)
    .filter(([key]) => !HIDDEN.has(key))
    .map(([key, value]) => printable(`${key}=${typeof value === "string" ? value : JSON.stringify(value)}`))
    .join(" ");
  const head = [
    styleText("gray", time, { validateStream: false }),
    styleText(style, label.padEnd(5), { validateStream: false }),
    typeof record["msg"] === "string" ? printable(record["msg"]) : "",
    ...(fields === "" ? [] : [styleText("gray", fields, { validateStream: false })]),
  ];
  return `${head.join(" ")}\n${describeError(record["err"])}`;
}

function describeError(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const { stack, message } = error as { stack?: unknown; message?: unknown };
  const text = typeof stack === "string" ? stack : String(message);
  const lines = text.split("\n").map((line) => `    ${printable(line)}`);
  return `${styleText("gray", lines.join("\n"), { validateStream: false })}\n`;
}
