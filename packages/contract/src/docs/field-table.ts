import type { JsonSchema } from "../rest/tidy-schema.ts";
import { typeText } from "./type-text.ts";

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The fields of an object, nested objects included. */
export function fieldTable({ properties = {}, required = [] }: JsonSchema): string {
  return table(["field", "type", ""], rowsOf(properties, required, ""));
}

function rowsOf(
  properties: NonNullable<JsonSchema["properties"]>,
  required: string[],
  prefix: string,
): string[][] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    if (typeof schema === "boolean") return [];
    const inner = objectIn(schema);
    const path = `${prefix}${name}${inner === schema || inner === null ? "" : "[]"}`;
    const optional = required.includes(name) ? "" : " (optional)";
    const initial = schema.default === undefined ? "" : ` Default \`${JSON.stringify(schema.default)}\`.`;
    const type =
      inner === null
        ? typeText(schema)
        : inner === schema
          ? typeText({ type: schema.type })
          : "list of `object`";
    const row = [`\`${path}\`${optional}`, type, `${schema.description ?? ""}${initial}`];
    return inner === null
      ? [row]
      : [row, ...rowsOf(inner.properties ?? {}, inner.required ?? [], `${path}.`)];
  });
}

/** @returns the inline object that a field is, or is a list of; null for anything else */
function objectIn(schema: JsonSchema): JsonSchema | null {
  if (schema.properties !== undefined) return schema;
  const { items } = schema;
  return typeof items === "object" && !Array.isArray(items) && items.properties !== undefined ? items : null;
}

function escaped(cell: string): string {
  return cell.replaceAll("|", "\\|").replaceAll("\n", " ");
}
