import type { z } from "zod";
import descriptions from "./descriptions.json" with { type: "json" };

export type JsonSchema = z.core.JSONSchema.JSONSchema;
type Child = z.core.JSONSchema._JSONSchema;

const DESCRIPTIONS: Readonly<Record<string, string>> = descriptions;

/** @param path of a schema or field in the sources, e.g. `Task/state`. @returns its doc comment */
export function descriptionOf(path: string): string | undefined {
  return DESCRIPTIONS[path];
}

export interface TidyOptions {
  /** Path of the comments of the schema's fields. */
  path: string;
  /** Whether unknown fields are allowed. */
  open: boolean;
}

/** Makes zod's output readable: adds the comments from the sources, removes noise. */
export function tidySchema(schema: JsonSchema, { path, open }: TidyOptions): JsonSchema {
  const child = (of: Child): Child => (typeof of === "boolean" ? of : tidySchema(of, { path, open }));
  const field = ([name, of]: [string, Child]): [string, Child] => {
    const fieldPath = `${path}/${name}`;
    return [
      name,
      typeof of === "boolean" ? of : described(tidySchema(of, { path: fieldPath, open }), fieldPath),
    ];
  };
  const { properties, additionalProperties, propertyNames: _, ...rest } = schema;
  const tidy: JsonSchema = rest;
  if (properties !== undefined) tidy.properties = Object.fromEntries(Object.entries(properties).map(field));
  if (additionalProperties !== undefined && !(open && additionalProperties === false)) {
    tidy.additionalProperties = child(additionalProperties);
  }
  if (tidy.items !== undefined && !Array.isArray(tidy.items)) tidy.items = child(tidy.items);
  if (tidy.prefixItems !== undefined) tidy.prefixItems = tidy.prefixItems.map(child);
  if (tidy.anyOf !== undefined) tidy.anyOf = tidy.anyOf.map((of) => tidySchema(of, { path, open }));
  if (tidy.oneOf !== undefined) tidy.oneOf = tidy.oneOf.map((of) => tidySchema(of, { path, open }));

  // The format says the same, and JSON integers are safe integers anyway.
  if (tidy.format === "uuid") delete tidy.pattern;
  if (tidy.minimum === Number.MIN_SAFE_INTEGER) delete tidy.minimum;
  if (tidy.maximum === Number.MAX_SAFE_INTEGER) delete tidy.maximum;
  return nullable(tidy);
}

/** Adds the comment, which takes precedence over the type's own. */
export function described(schema: JsonSchema, path: string): JsonSchema {
  const description = descriptionOf(path);
  return description === undefined ? schema : { ...schema, description };
}

/** `T | null` as a type array, if T is inline. */
function nullable(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  const [value, nothing, ...more] = anyOf ?? [];
  if (typeof value !== "object" || typeof nothing !== "object" || more.length > 0) return schema;
  if (typeof value.type !== "string" || nothing.type !== "null") return schema;
  const values = value.enum === undefined ? {} : { enum: [...value.enum, null] };
  return { ...rest, ...value, ...values, type: [value.type, "null"] };
}
