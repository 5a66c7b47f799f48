import type { Json, ToolCall } from "@trunkline/contract";
import { isObject } from "./json-object.ts";

/** A call's original id and name, if the log uses others. */
export interface OriginalCall {
  id?: string;
  name?: string;
}

/** Stored beside the providers' keys. */
const KEY = "trunkline";

export function withOriginal(call: ToolCall, original: OriginalCall): ToolCall {
  const metadata = isObject(call.providerMetadata) ? (call.providerMetadata as Record<string, Json>) : {};
  return { ...call, providerMetadata: { ...metadata, [KEY]: { ...originalOf(call), ...original } } };
}

export function originalOf({ providerMetadata }: ToolCall): OriginalCall {
  const kept = isObject(providerMetadata) ? providerMetadata[KEY] : undefined;
  if (!isObject(kept)) return {};
  const { id, name } = kept;
  return { ...(typeof id === "string" ? { id } : {}), ...(typeof name === "string" ? { name } : {}) };
}

/** The provider's own metadata, in the form that it is sent back; undefined if there is none. */
export function providerOptionsOf(
  providerMetadata: Json | undefined,
): Record<string, { [key: string]: Json }> | undefined {
  if (!isObject(providerMetadata)) return undefined;
  const own = Object.entries(providerMetadata).filter(([key, fields]) => key !== KEY && isObject(fields));
  return own.length === 0 ? undefined : (Object.fromEntries(own) as Record<string, { [key: string]: Json }>);
}
