import type { EventDataOf, Json, ToolCall } from "@trunkline/contract";
import { formatDuration } from "../terminal/duration.ts";
import { formatSize } from "../terminal/size.ts";
import { plainText } from "../terminal/plain-text.ts";
import { screenLines } from "../terminal/screen-lines.ts";
import { codeBlock, codeSpan } from "./markdown-code.ts";

type ToolEnd = EventDataOf<"tool.ended">;

/** @param call null if its start is not in the document */
export function callSection(call: ToolCall | null, end: ToolEnd): string {
  const outcome = [
    end.status === "denied" ? "denied, not run" : end.status,
    ...(end.exitCode ? [`exit ${end.exitCode}`] : []),
    ...(end.status === "denied" ? [] : [formatDuration(end.durationMs)]),
  ].join(", ");
  const parts = [`**Tool** ${codeSpan(call?.tool ?? "tool")} (${outcome})`];
  if (call !== null) parts.push(inputBlock(call.input));
  if (end.output.trim() !== "") parts.push(codeBlock(screenLines(end.output)));
  if (end.omittedBytes !== undefined)
    parts.push(`_${formatSize(end.omittedBytes)} omitted from the middle._`);
  return parts.filter((part) => part !== "").join("\n\n");
}

/** A lone command reads best as is. */
function inputBlock(input: Json): string {
  if (typeof input === "object" && input !== null && !Array.isArray(input)) {
    const names = Object.keys(input);
    if (names.length === 0) return "";
    const command = input["command"];
    if (names.length === 1 && typeof command === "string")
      return codeBlock(plainText(command).split("\n"), "sh");
  }
  return codeBlock(plainText(JSON.stringify(input, null, 2)).split("\n"), "json");
}

export function fileChangeLine({ path, change, additions, deletions }: EventDataOf<"file.changed">): string {
  return `- ${change} ${codeSpan(path)} (+${additions} -${deletions})`;
}
