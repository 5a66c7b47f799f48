import type { EventDataOf, Json, ToolCall } from "@trunkline/contract";
import { formatDuration } from "../terminal/duration.ts";
import { codeBlock, codeSpan } from "./markdown-code.ts";

type ToolEnd = EventDataOf<"tool.ended">;

/** @param call null where the document does not have its beginning */
export function callSection(call: ToolCall | null, end: ToolEnd): string {
  const outcome = [
    end.status,
    ...(end.exitCode ? [`exit ${end.exitCode}`] : []),
    formatDuration(end.durationMs),
  ].join(", ");
  const parts = [`**Tool** ${codeSpan(call?.tool ?? "tool")} (${outcome})`];
  if (call !== null) parts.push(inputBlock(call.input));
  if (end.output.trim() !== "") parts.push(codeBlock(end.output));
  if (end.omittedBytes !== undefined) parts.push(`_${end.omittedBytes} bytes were left out._`);
  return parts.filter((part) => part !== "").join("\n\n");
}

/** A lone command reads best as what it is. */
function inputBlock(input: Json): string {
  if (typeof input === "object" && input !== null && !Array.isArray(input)) {
    const names = Object.keys(input);
    if (names.length === 0) return "";
    const command = input["command"];
    if (names.length === 1 && typeof command === "string") return codeBlock(command, "sh");
  }
  return codeBlock(JSON.stringify(input, null, 2), "json");
}

export function fileChangeLine({ path, change, additions, deletions }: EventDataOf<"file.changed">): string {
  return `- ${change} ${codeSpan(path)} (+${additions} -${deletions})`;
}
