import { wordsInBody, wordsInValue } from "../../provider-words.ts";
import { refusalFault } from "../../refusal-fault.ts";
import type { FaultContext } from "../../model.ts";
import type { ProviderFault } from "../../provider-fault.ts";
import { isObject, type JsonObject } from "../../json-object.ts";

/** @returns the error in a chunk, in any shape that servers use; null if there is none. */
export function errorInChunk(chunk: JsonObject): unknown {
  for (const holder of [chunk, chunk["x_groq"]]) {
    if (isObject(holder) && isError(holder["error"])) return holder;
  }
  if (isError(chunk["errors"])) return chunk;
  if (chunk["object"] === "error" || chunk["type"] === "error" || chunk["event"] === "error") return chunk;
  if (chunk["choices"] !== undefined && chunk["choices"] !== null) return null;
  // Not a chunk, but a plain sentence.
  const speaks = ["detail", "message", "msg", "error_msg", "error_message", "title"].some(
    (field) => typeof chunk[field] === "string" || Array.isArray(chunk[field]),
  );
  return speaks ? chunk : null;
}

/** `null`, `false`, empty strings and empty objects also accompany successful answers. */
export function isError(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "" || value === 0) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** @param inStream the answer had already started. */
export function chatErrorFault(error: unknown, context: FaultContext, inStream: boolean): ProviderFault {
  const words = typeof error === "string" ? wordsInBody(error) : wordsInValue(error);
  const body = typeof error === "string" ? error : JSON.stringify(error);
  return refusalFault({ status: undefined, headers: {}, body, words, inStream }, context);
}
