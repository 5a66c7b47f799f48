import type { Json } from "@trunkline/contract";
import { isObject, type JsonObject, listOf, wellFormedJson } from "../../json-object.ts";

/** Fields with readable reasoning; the first one present is shown. */
export const REASONING_FIELDS = ["reasoning_content", "reasoning", "reasoning_text", "thinking"] as const;

/** Message fields that servers want back: signatures, encrypted reasoning and the like. */
const KEPT = /reason|think|thought|signature|encrypt|opaque|extra_content|provider_specific/i;

/** What else a server sends with its message and wants back. */
export class ChatExtras {
  readonly #fields: JsonObject = {};
  /** Fields in which reasoning text arrived. */
  readonly #reasoningFields = new Set<string>();

  /** @returns the approximate length received, in UTF-16 units. */
  take(delta: JsonObject): number {
    let length = 0;
    for (const field in delta) {
      const value = delta[field];
      if (value === null || value === undefined || field === "content" || field === "role") continue;
      if (!KEPT.test(field)) continue;
      if (isReasoningField(field) && typeof value === "string") {
        if (value !== "") this.#reasoningFields.add(field);
        continue;
      }
      length += typeof value === "string" ? value.length : JSON.stringify(value).length;
      if (field === "reasoning_details" || field === "thinking_blocks") {
        join((this.#fields[field] ??= []) as unknown[], listOf(value));
      } else {
        this.#fields[field] = grown(this.#fields[field], value);
      }
    }
    return length;
  }

  /** @returns what to store; null if nothing. */
  whole(): Record<string, Json> | null {
    const kept: Record<string, Json> = {};
    if (Object.keys(this.#fields).length > 0) kept["message"] = wellFormedJson(this.#fields) as Json;
    if (this.#reasoningFields.size > 0) kept["reasoning"] = [...this.#reasoningFields];
    return Object.keys(kept).length > 0 ? kept : null;
  }
}

function isReasoningField(field: string): boolean {
  return (REASONING_FIELDS as readonly string[]).includes(field);
}

function grown(known: unknown, value: unknown): unknown {
  if (typeof known === "string" && typeof value === "string") return known + value;
  if (!isObject(known) || !isObject(value)) return value;
  // In place: a copy for each piece would take longer with each.
  for (const [field, part] of Object.entries(value)) if (field !== "__proto__") known[field] = part;
  return known;
}

/** Texts that grow within a list item. */
const GROWING = ["text", "summary", "data", "thinking"];

/** Merges pieces of one detail, identified by index and type; keeps the order. */
function join(list: unknown[], pieces: readonly unknown[]): void {
  for (const piece of pieces) {
    const last = list.at(-1);
    if (!isObject(piece) || !isObject(last) || !isSameDetail(last, piece)) {
      list.push(piece);
      continue;
    }
    for (const [field, value] of Object.entries(piece)) {
      if (value === null || value === undefined || field === "__proto__") continue;
      const before = last[field];
      last[field] =
        GROWING.includes(field) && typeof value === "string" && typeof before === "string"
          ? before + value
          : value;
    }
  }
}

function isSameDetail(a: JsonObject, b: JsonObject): boolean {
  return (
    a["type"] === b["type"] &&
    a["index"] === b["index"] &&
    (a["id"] === b["id"] || (b["id"] ?? null) === null || (a["id"] ?? null) === null)
  );
}
