import { isObject, type JsonObject } from "../../json-object.ts";

const TYPES = new Set(["object", "array", "string", "number", "integer", "boolean", "null"]);
const NAMED = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);
const LISTS = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);
const SINGLE = new Set(["not", "if", "then", "else", "contains", "propertyNames"]);
/** Schemas that are often just true or false. */
const OPEN = new Set([
  "additionalProperties",
  "unevaluatedProperties",
  "additionalItems",
  "unevaluatedItems",
]);
const TEXTS = new Set(["description", "title", "format", "$id", "$comment"]);
const NUMBERS = /^(?:(?:max|min)(?:Length|Items|Properties|imum)|exclusive(?:Max|Min)imum|multipleOf)$/;
const CHOICES = ["anyOf", "oneOf", "allOf"] as const;

const MAX_DEPTH = 64;

/**
 * A schema for the input of a tool, as providers take it: they refuse the whole request, with all of its tools, for one schema that
 * is no JSON Schema, and strangers write those. What is wrong is left out; whoever executes the call checks its input anyway.
 */
export function soundSchema(schema: JsonObject): JsonObject {
  return asInput(sound(schema, schema, 0));
}

/** OpenAI and Anthropic take neither a choice at the top nor an object without properties. */
function asInput(root: JsonObject): JsonObject {
  const properties: JsonObject = {};
  for (const branch of CHOICES.flatMap((field) => (root[field] as JsonObject[] | undefined) ?? [])) {
    if (isObject(branch["properties"])) Object.assign(properties, branch["properties"]);
  }
  if (isObject(root["properties"])) Object.assign(properties, root["properties"]);
  const kept = Object.entries(root).filter(([field]) => !CHOICES.some((choice) => choice === field));
  return { ...Object.fromEntries(kept), type: "object", properties };
}

function sound(schema: unknown, root: JsonObject, depth: number): JsonObject {
  if (!isObject(schema) || depth > MAX_DEPTH) return {};
  const kept = Object.fromEntries(
    Object.entries(schema).flatMap(([field, value]) => {
      const repaired = soundField(field, value, root, depth);
      return repaired === undefined ? [] : [[field, repaired]];
    }),
  );
  const { type, properties, required } = kept;
  const isList = type === "array" || (Array.isArray(type) && type.includes("array"));
  if (isList && kept["items"] === undefined && kept["prefixItems"] === undefined) kept["items"] = {};
  if (isObject(properties) && Array.isArray(required)) {
    const known = required.filter((name) => Object.hasOwn(properties, String(name)));
    if (known.length > 0) kept["required"] = known;
    else delete kept["required"];
  }
  return kept;
}

/** @returns undefined: it is left out. */
function soundField(field: string, value: unknown, root: JsonObject, depth: number): unknown {
  const inner = (each: unknown): JsonObject => sound(each, root, depth + 1);
  if (NAMED.has(field)) {
    if (!isObject(value)) return undefined;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inner(each)]));
  }
  if (LISTS.has(field)) {
    const schemas = Array.isArray(value) ? value.filter(isObject) : [];
    return schemas.length === 0 ? undefined : schemas.map(inner);
  }
  if (SINGLE.has(field)) return isObject(value) ? inner(value) : undefined;
  if (OPEN.has(field)) return typeof value === "boolean" ? value : isObject(value) ? inner(value) : undefined;
  if (NUMBERS.test(field)) return typeof value === "number" ? value : undefined;
  if (TEXTS.has(field)) return typeof value === "string" ? value : undefined;
  switch (field) {
    case "items":
      return Array.isArray(value) && value.length > 0 ? value.map(inner) : inner(value);
    case "type":
      return soundType(value);
    case "required":
      return textsIn(value);
    case "enum":
      return Array.isArray(value) && value.length > 0 ? value : undefined;
    case "pattern":
      return isPattern(value) ? value : undefined;
    case "$ref":
      return isWithin(root, value) ? value : undefined;
    default:
      return value;
  }
}

function soundType(value: unknown): unknown {
  if (!Array.isArray(value)) return typeof value === "string" && TYPES.has(value) ? value : undefined;
  const types = [...new Set(value)].filter((type) => typeof type === "string" && TYPES.has(type));
  return types.length === 0 ? undefined : types;
}

function textsIn(value: unknown): string[] | undefined {
  const texts = Array.isArray(value) ? [...new Set(value)].filter((item) => typeof item === "string") : [];
  return texts.length === 0 ? undefined : texts;
}

function isPattern(value: unknown): boolean {
  if (typeof value !== "string") return false;
  try {
    // It is compiled only, never run.
    return new RegExp(value, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

/** Whether a reference leads to a schema of the same document. */
function isWithin(root: JsonObject, reference: unknown): boolean {
  if (typeof reference !== "string") return false;
  if (reference === "#") return true;
  if (!reference.startsWith("#/")) return false;
  let place: unknown = root;
  for (const step of reference.slice(2).split("/")) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof place !== "object" || place === null || !Object.hasOwn(place, name)) return false;
    place = (place as JsonObject)[name];
  }
  return isObject(place);
}
