import { z } from "zod";
import { configFileSchema } from "./schema.ts";

export interface JsonSchema {
  description?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
}

/** The file's schema, for editors and for explanations. */
export function configJsonSchema(): JsonSchema {
  return z.toJSONSchema(configFileSchema, { io: "input" }) as JsonSchema;
}

/** The schemas that a value at this path may have. */
export function schemasAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema[] {
  const [key, ...rest] = path;
  const choices = [schema, ...(schema.anyOf ?? [])];
  if (key === undefined) return choices;
  return choices.flatMap(({ properties = {}, additionalProperties, items }) => {
    const property = typeof key === "string" && Object.hasOwn(properties, key) ? properties[key] : undefined;
    const inner = typeof key === "number" ? items : (property ?? additionalProperties);
    return typeof inner === "object" ? schemasAt(inner, rest) : [];
  });
}
