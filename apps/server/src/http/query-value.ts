import { z } from "zod";

/**
 * Parses a field from the query. A list may be repeated (`a=1&a=2`) or comma-separated (`a=1,2`). Text that does not
 * match the field's type stays text, for the schema to refuse.
 *
 * @returns undefined if there are several values for a single one
 */
export function fromText(field: z.ZodType, texts: readonly string[]): unknown {
  const type = innermost(field);
  if (type instanceof z.ZodArray) {
    const element = innermost(type.element as z.ZodType);
    return texts.flatMap((text) => text.split(",")).map((text) => scalarFrom(element, text));
  }
  return texts.length > 1 ? undefined : scalarFrom(type, texts[0] ?? "");
}

/** The type inside "optional", "default" and so on. */
function innermost(type: z.ZodType): z.ZodType {
  if (type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodNullable) {
    return innermost(type.unwrap() as z.ZodType);
  }
  return type;
}

const NUMBER = /^-?\d{1,16}(?:\.\d{1,16})?$/;

function scalarFrom(type: z.ZodType, text: string): unknown {
  if (type instanceof z.ZodNumber && NUMBER.test(text)) return Number(text);
  if (type instanceof z.ZodBoolean && (text === "true" || text === "false")) return text === "true";
  return text;
}
