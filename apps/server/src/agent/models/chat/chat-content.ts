import { isObject, listOf } from "../../json-object.ts";

export interface Said {
  text: string;
  reasoning: string;
  refusal: string;
}

/**
 * Parses a message's `content`: a string, a part, or a list of parts, with separate types for reasoning and refusals.
 */
export function saidInContent(content: unknown): Said {
  if (typeof content === "string") return { text: content, reasoning: "", refusal: "" };
  const said: Said = { text: "", reasoning: "", refusal: "" };
  for (const part of listOf(content)) {
    if (typeof part === "string") said.text += part;
    if (!isObject(part)) continue;
    const type = typeof part["type"] === "string" ? part["type"] : "text";
    if (type === "refusal") said.refusal += textIn(part["refusal"] ?? part["text"]);
    else if (/think|reason|thought/.test(type)) {
      said.reasoning += textIn(part["thinking"] ?? part["reasoning"] ?? part["text"] ?? part["summary"]);
    } else said.text += textIn(part["text"] ?? part["content"]);
  }
  return said;
}

/** Text that may be wrapped again: `{ value }`, `[{ type: "text", text }]`. */
export function textIn(value: unknown): string {
  if (typeof value === "string") return value;
  return listOf(value)
    .map((item) => {
      if (typeof item === "string") return item;
      if (!isObject(item)) return "";
      const inner = item["text"] ?? item["value"] ?? item["content"];
      return typeof inner === "string" ? inner : "";
    })
    .join("");
}
