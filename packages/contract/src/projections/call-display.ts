import type { ToolCall } from "../events/event-parts.ts";
import type { Json } from "../primitives.ts";
import type { Location, ToolKind } from "../tool-kind.ts";

/** How a call is shown: a short title, its kind, and the files it concerns. */
export interface CallDisplay {
  title: string;
  kind: ToolKind;
  locations: readonly Location[];
}

/** For calls logged before events carried this. New tools provide it themselves: add nothing here. */
const KINDS_OF_OLD_TOOLS = new Map<string, ToolKind>([
  ["bash", "execute"],
  ["read_file", "read"],
  ["list_files", "search"],
  ["write_file", "edit"],
  ["edit_file", "edit"],
  ["web_fetch", "fetch"],
]);

/** The input field that best identifies a call; the first one present wins. */
const TELLING_INPUTS = ["command", "glob", "path", "pattern", "query", "url", "question"] as const;

const MAX_TITLE_LENGTH = 500;

/** @returns what the call itself carries or, for older calls, what tool and input suggest. */
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

/** @returns the string in a call's input under this name; empty if there is none. */
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
  // Don't split a surrogate pair.
  return `${text
    .slice(0, MAX_TITLE_LENGTH - 2)
    .replace(/[\uD800-\uDBFF]$/, "")
    .trimEnd()} …`;
}
