import type { ToolCall } from "@trunkline/contract";
import type { Tool } from "../tools/port.ts";
import { prepareCall } from "./prepared-call.ts";

const MAX_TITLE_LENGTH = 500;
const MAX_LOCATIONS = 100;
const MAX_PATH_LENGTH = 4_096;

/** Adds the tool's description of the call (title, kind, locations), which the log stores and UIs display. */
export function describeCall(tools: readonly Tool[], call: ToolCall): ToolCall {
  const tool = tools.find(({ name }) => name === call.tool);
  if (tool === undefined) return call;
  const described = { ...call, kind: tool.kind };
  const prepared = prepareCall(tools, call);
  if ("refusal" in prepared) return described;
  const title = firstLine(tool.title?.(prepared.input) ?? "");
  const locations = tool.locations?.(prepared.input) ?? [];
  if (title !== "") described.title = title;
  if (locations.length > 0) {
    described.locations = locations
      .filter(({ path }) => path.length <= MAX_PATH_LENGTH)
      .slice(0, MAX_LOCATIONS);
  }
  return described;
}

function firstLine(text: string): string {
  const whole = text.trim();
  const [line = ""] = whole.split("\n", 1);
  if (line.length === whole.length && line.length <= MAX_TITLE_LENGTH) return line;
  const cut = line.slice(0, MAX_TITLE_LENGTH - 2).replace(/[\uD800-\uDBFF]$/, "");
  return `${cut.trimEnd()} …`;
}
