import { parseDocument } from "yaml";

/** What a `SKILL.md` says about itself. */
export interface FrontMatter {
  name?: string;
  description?: string;
}

const BLOCK = /^\uFEFF?---[ \t]*\r?\n(?<yaml>[\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

/** Reads name and description of a Markdown text that begins with YAML. What is missing, or no text, is absent. */
export function readFrontMatter(markdown: string): FrontMatter {
  const yaml = BLOCK.exec(markdown)?.groups?.["yaml"];
  if (yaml === undefined) return {};
  const name = fieldOf(yaml, "name");
  const description = fieldOf(yaml, "description");
  return { ...(name && { name }), ...(description && { description }) };
}

function fieldOf(yaml: string, field: string): string | undefined {
  // Many descriptions hold a colon that YAML wants quoted ("Use when: …"): then the line is taken as it is.
  const document = parseDocument(yaml, { schema: "failsafe", logLevel: "silent" });
  const value: unknown =
    document.errors.length === 0
      ? document.get(field)
      : new RegExp(String.raw`^${field}:[ \t]*(.+)$`, "m").exec(yaml)?.[1];
  if (typeof value !== "string") return undefined;
  return value.replaceAll(/\s+/g, " ").trim();
}
