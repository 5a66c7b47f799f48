import type { Json } from "@trunkline/contract";
import { MAX_INPUT_DEPTH } from "./limits.ts";
import { parseJson, wellFormedJson } from "./json-object.ts";

/**
 * A call's input for the log: the object, or the raw text if it is not one. Raw text is refused when the call is
 * executed, and the model reads why.
 */
export function parseToolInput(text: string): Json {
  // Some providers send nothing for empty arguments.
  if (text.trim() === "" || text.trim() === "null") return {};
  const value = unwrapped(text);
  return isObject(value) && isShallow(value, MAX_INPUT_DEPTH) ? wellFormedJson(value) : text.toWellFormed();
}

/** @returns what is wrong with an input left as text by `parseToolInput`. */
export function describeBadInput(text: string): string {
  const value = unwrapped(text);
  if (value === undefined) return "The input is no valid JSON";
  if (!isObject(value)) return "The input must be a JSON object";
  return `The input is nested deeper than ${MAX_INPUT_DEPTH} levels`;
}

/** Models sometimes put the object into a code fence, or encode it twice. */
function unwrapped(text: string): Json | undefined {
  const fenced = /^\s*```(?:json)?\s*\n(.*)\n\s*```\s*$/s.exec(text)?.[1];
  const value = parseJson(fenced ?? text) as Json | undefined;
  if (typeof value !== "string") return value;
  const inner = parseJson(value) as Json | undefined;
  return isObject(inner) ? inner : value;
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isShallow(value: Json, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isShallow(item, levels - 1));
}
