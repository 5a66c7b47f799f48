import type { ToolCall } from "../event.ts";
import type { Json } from "../primitives.ts";
import type { Location, ToolKind } from "../tool-kind.ts";

/** How a call is shown: in a few words, by the kind of work it is, and the files it is about. */
export interface CallDisplay {
  title: string;
  kind: ToolKind;
  locations: readonly Location[];
}

/** Of calls from before events said so. New tools say it themselves: nothing is to be added here. */
const KINDS_OF_OLD_TOOLS = new Map<string, ToolKind>([
  ["bash", "execute"],
  ["read_file", "read"],
  ["list_files", "search"],
  ["write_file", "edit"],
  ["edit_file", "edit"],
  ["web_fetch", "fetch"],
]);

/** What tells one call of a tool from another, by the names that tools give it; the first that is there. */
const TELLING_INPUTS = ["command", "glob", "path", "pattern", "query", "url", "question"] as const;

const MAX_TITLE_LENGTH = 500;

/** @returns what the call says of itself, and, of calls from before they did, what can be told from tool and input. */
export function callDisplay({
  tool,
  input,
  title,
  kind,
  locations,
}: Pick<ToolCall, "input" | "title" | "kind" | "locations"> & { tool: string | null }): CallDisplay {
  return {
    title: title ?? titleOf(input),
    kind: kind ?? KINDS_OF_OLD_TOOLS.get(tool ?? "") ?? "other",
    locations: locations ?? locationsOf(input),
  };
}

/** @returns the text that a call's input has under a name; empty where it has none. */
export function inputText(input: Json, name: string): string {
  if (!isRecord(input)) return "";
  const value = Object.hasOwn(input, name) ? input[name] : undefined;
  return typeof value === "string" ? value : "";
}

function titleOf(input: Json): string {
  for (const name of TELLING_INPUTS) {
    const text = inputText(input, name);
    if (text !== "") return firstLine(text);
  }
  if (isRecord(input)) {
    const values = Object.values(input).filter((value) => typeof value !== "object");
    if (values.length > 0) return cut(values.join("  "));
  }
  const text = JSON.stringify(input);
  return text === "{}" || text === "null" ? "" : cut(text);
}

function locationsOf(input: Json): Location[] {
  const path = inputText(input, "path");
  return path === "" || path.length > 4_096 ? [] : [{ path }];
}

function isRecord(input: Json): input is { [key: string]: Json } {
  return typeof input === "object" && input !== null && !Array.isArray(input);
}

function firstLine(text: string): string {
  const whole = text.trim();
  const line = whole.split("\n", 1)[0] ?? "";
  return cut(line.length < whole.length ? `${line} …` : line);
}

function cut(text: string): string {
  if (text.length <= MAX_TITLE_LENGTH) return text;
  // Not in the middle of a surrogate pair.
  return `${text
    .slice(0, MAX_TITLE_LENGTH - 2)
    .replace(/[\uD800-\uDBFF]$/, "")
    .trimEnd()} …`;
}
