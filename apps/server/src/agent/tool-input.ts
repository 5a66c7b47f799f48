import type { Json } from "@trunkline/contract";
import { MAX_INPUT_DEPTH } from "./limits.ts";

/**
 * A call's input as the log keeps it: the object that the model wrote, or the text itself where it is none. The text
 * is refused when the call's turn comes, and the model reads why.
 */
export function parseToolInput(text: string): Json {
  // Some providers send nothing where there are no arguments.
  if (text.trim() === "") return {};
  const value = parseJson(text);
  return isObject(value) && isShallow(value, MAX_INPUT_DEPTH) ? value : text;
}

/** @returns what is wrong with an input that `parseToolInput` left as text. */
export function describeBadInput(text: string): string {
  const value = parseJson(text);
  if (value === undefined) return "The input is no valid JSON";
  if (!isObject(value)) return "The input must be a JSON object";
  return `The input is nested deeper than ${MAX_INPUT_DEPTH} levels`;
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isShallow(value: Json, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isShallow(item, levels - 1));
}
