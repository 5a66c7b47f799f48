/** What a `SKILL.md` says about itself. */
export interface FrontMatter {
  name?: string;
  description?: string;
}

const BLOCK = /^\uFEFF?---[ \t]*\r?\n(?<yaml>[\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

/** Reads name and description of a Markdown text that begins with YAML. What is missing, or no text, is absent. */
export async function readFrontMatter(markdown: string): Promise<FrontMatter> {
  const yaml = BLOCK.exec(markdown)?.groups?.["yaml"];
  if (yaml === undefined) return {};
  // Loaded once there is a skill.
  const { parseDocument } = await import("yaml");
  // Many descriptions hold a colon that YAML wants quoted ("Use when: …"): then the line is taken as it is.
  const document = parseDocument(yaml, { schema: "failsafe", logLevel: "silent" });
  const isRead = document.errors.length === 0;
  const name = clean(isRead ? document.get("name") : lineOf(yaml, "name"));
  const description = clean(isRead ? document.get("description") : lineOf(yaml, "description"));
  return { ...(name && { name }), ...(description && { description }) };
}

function lineOf(yaml: string, field: string): string | undefined {
  return new RegExp(String.raw`^${field}:[ \t]*(.+)$`, "m").exec(yaml)?.[1];
}

function clean(value: unknown): string | undefined {
  return typeof value === "string" ? value.replaceAll(/\s+/g, " ").trim() : undefined;
}
