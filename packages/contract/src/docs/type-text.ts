import type { JsonSchema } from "../rest/tidy-schema.ts";

/** @returns a schema as a table cell, e.g. `` `integer` 1 to 200 `` or a link to a named schema */
export function typeText(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return linkTo(schema.$ref);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.map(typeText).join(" or ");
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (schema.type === "array" && schema.prefixItems === undefined) return `list of ${itemText(schema)}`;
  const [type = "anything", ...more] = [schema.type ?? []].flat();
  const name =
    schema.format ?? (schema.prefixItems === undefined ? type : `list of ${schema.prefixItems.length}`);
  return [[name, ...more].map((each) => `\`${each}\``).join(" or "), ...boundsOf(schema)].join(", ");
}

function itemText({ items }: JsonSchema): string {
  return typeof items === "object" && !Array.isArray(items) ? typeText(items) : "`anything`";
}

/** Named schemas are headings of the page; GitHub lower-cases their anchors. */
function linkTo(ref: string): string {
  const name = ref.slice(ref.lastIndexOf("/") + 1);
  return `[${name}](#${name.toLowerCase()})`;
}

function boundsOf(schema: JsonSchema): string[] {
  const { minimum, maximum, minLength, maxLength } = schema;
  const isText = maxLength !== undefined;
  const high = isText ? maxLength : maximum;
  const unit = isText ? " characters" : "";
  const top = high === undefined ? [] : [`at most ${grouped(high)}${unit}`];
  const above = typeof schema.exclusiveMinimum === "number" ? schema.exclusiveMinimum : undefined;
  const isWhole = [schema.type ?? []].flat().includes("integer");
  if (above !== undefined && !isWhole) return [`more than ${grouped(above)}`, ...top];
  const low = isText ? minLength : above === undefined ? minimum : above + 1;
  if (low !== undefined && high !== undefined) return [`${grouped(low)} to ${grouped(high)}${unit}`];
  return low === undefined ? top : [`at least ${grouped(low)}`];
}

function grouped(value: number): string {
  return value.toLocaleString("en");
}
