import { isObject, type JsonObject } from "../../json-object.ts";
import { soundSchema } from "./sound-schema.ts";

/** Larger bounds are too much for servers that compile a schema to a grammar (llama.cpp: 2,000 repetitions). */
const MAX_BOUND = 1_999;

const BOUNDS = new Set(["maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"]);
const DROPPED = new Set(["$schema", "$id", "$comment", "propertyNames", "unevaluatedProperties"]);
const PLAIN = new Set(["type", "properties", "required", "items", "enum", "description", "anyOf"]);

const portable = new WeakMap<object, unknown>();
const plain = new WeakMap<object, unknown>();

/**
 * A tool's schema reduced to what every server accepts: sound, without large bounds and the dialect. The tool itself validates
 * with the full schema.
 */
export function portableSchema<S extends object>(schema: S): S {
  return cached(portable, schema, (field, value) => !DROPPED.has(field) && !isLargeBound(field, value));
}

/** The same with only types, names and descriptions. */
export function plainSchema<S extends object>(schema: S): S {
  return cached(plain, schema, (field) => PLAIN.has(field));
}

function isLargeBound(field: string, value: unknown): boolean {
  if (typeof value !== "number") return false;
  if (BOUNDS.has(field)) return value > MAX_BOUND;
  return /^(?:exclusive)?(?:maximum|minimum)$/i.test(field) && Math.abs(value) >= 2 ** 31;
}

function cached<S extends object>(known: WeakMap<object, unknown>, schema: S, keeps: Keeps): S {
  if (!known.has(schema)) known.set(schema, filtered(soundSchema(schema as JsonObject), keeps, 0));
  return known.get(schema) as S;
}

type Keeps = (field: string, value: unknown) => boolean;

const MAX_DEPTH = 64;

/** Property names are not keywords. */
const NAMED = new Set(["properties", "patternProperties", "$defs", "definitions"]);
const VALUES = new Set(["enum", "const", "default", "examples", "required"]);

function filtered(schema: unknown, keeps: Keeps, depth: number): unknown {
  if (depth > MAX_DEPTH) return schema;
  if (Array.isArray(schema)) return schema.map((item) => filtered(item, keeps, depth + 1));
  if (!isObject(schema)) return schema;
  const kept: JsonObject = {};
  for (const [field, value] of Object.entries(schema)) {
    if (!keeps(field, value)) continue;
    if (VALUES.has(field)) kept[field] = value;
    else if (NAMED.has(field) && isObject(value)) {
      kept[field] = Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [name, filtered(inner, keeps, depth + 1)]),
      );
    } else kept[field] = filtered(value, keeps, depth + 1);
  }
  return kept;
}
