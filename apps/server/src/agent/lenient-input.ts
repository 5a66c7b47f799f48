import type { Json } from "@trunkline/contract";
import type { z } from "zod";
import { isObject, parseJson } from "./json-object.ts";

/** A correction may reveal further issues. */
const MAX_ROUNDS = 5;

/**
 * Validates a call's input by the tool's schema, forgiving what small models get wrong: null for absent fields, `"20"`
 * for 20, unknown fields. Anything ambiguous is refused.
 * @returns the parsed input, or what is wrong with it as the model wrote it.
 */
export function parseLeniently(
  schema: z.ZodType,
  input: Json,
): { success: true; data: unknown } | { success: false; error: z.ZodError } {
  const first = schema.safeParse(input);
  if (first.success) return first;
  let candidate = structuredClone(input);
  let { error } = first as { error: z.ZodError };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let isChanged = false;
    for (const issue of error.issues) {
      const corrected = correct(candidate, issue);
      if (corrected === undefined) continue;
      candidate = corrected;
      isChanged = true;
    }
    if (!isChanged) break;
    const parsed = schema.safeParse(candidate);
    if (parsed.success) return parsed;
    error = parsed.error;
  }
  return { success: false, error: first.error };
}

/** @returns the input with this issue corrected; undefined if that would be a guess. */
function correct(input: Json, issue: z.core.$ZodIssue): Json | undefined {
  const holder = issue.path.slice(0, -1).reduce<unknown>(childOf, input);
  const key = issue.path.at(-1);
  if (issue.code === "unrecognized_keys") {
    const object = issue.path.reduce<unknown>(childOf, input);
    if (!isObject(object)) return undefined;
    for (const field of issue.keys) Reflect.deleteProperty(object, field);
    return input;
  }
  if (key === undefined || typeof holder !== "object" || holder === null) return undefined;
  const fields = holder as Record<PropertyKey, unknown>;
  const value = fields[key];
  if (value === null && !Array.isArray(holder)) {
    Reflect.deleteProperty(fields, key);
    return input;
  }
  const wanted = issue.code === "invalid_type" ? converted(value, issue.expected) : undefined;
  if (wanted === undefined) return undefined;
  fields[key] = wanted;
  return input;
}

function childOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}

/** @returns the value in the expected type; undefined if it is not plainly the same. */
function converted(value: unknown, expected: string): Json | undefined {
  switch (expected) {
    case "number":
    case "int":
      return typeof value === "string" && /^\s*-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\s*$/i.test(value)
        ? Number(value)
        : undefined;
    case "boolean":
      if (typeof value !== "string" || !/^\s*(?:true|false)\s*$/i.test(value)) return undefined;
      return value.trim().toLowerCase() === "true";
    case "string":
      return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
    case "array": {
      const parsed = typeof value === "string" ? parseJson(value) : undefined;
      if (Array.isArray(parsed)) return parsed as Json;
      return typeof value === "string" || typeof value === "number" ? [value] : undefined;
    }
    case "object":
    case "record": {
      const parsed = typeof value === "string" ? parseJson(value) : undefined;
      return isObject(parsed) ? (parsed as Json) : undefined;
    }
    default:
      return undefined;
  }
}
