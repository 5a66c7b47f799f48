import type { Json } from "@trunkline/contract";
import { tooManyCalls } from "../../answer-bounds.ts";
import { MAX_STEP_CALLS } from "../../limits.ts";
import type { AnswerCall } from "../../model.ts";
import { isObject, type JsonObject, listOf, objectOr, wellFormedJson } from "../../json-object.ts";
import { GrowingObject } from "./growing-object.ts";

interface GrowingCall {
  id: string;
  name: string;
  input: GrowingObject;
  /** Provider-specific fields of the call and its function, sent back unchanged. */
  extra: Extra;
  functionExtra: Extra;
}

interface Extra {
  fields: JsonObject;
  /** The largest that each has been. */
  sizes: Map<string, number>;
}

/** Key under which they are stored. */
export const CHAT_METADATA_KEY = "openai-compatible";

const CALL_FIELDS = new Set(["index", "id", "type", "function"]);
const FUNCTION_FIELDS = new Set(["name", "arguments", "parameters"]);

/** Assembles the tool calls of one answer from their pieces. */
export class ChatCalls {
  readonly #calls: GrowingCall[] = [];
  /** By the server's index. */
  readonly #byIndex = new Map<number, GrowingCall>();

  /**
   * @returns the number of characters received.
   * @throws ProviderFault if there are too many calls.
   */
  take(value: unknown): number {
    let length = 0;
    for (const piece of listOf(value)) if (isObject(piece)) length += this.#takePiece(piece);
    return length;
  }

  /** The predecessor of `tool_calls`: one call, without an id. */
  takeFunctionCall(value: unknown): number {
    return isObject(value) ? this.#takePiece({ index: 0, function: value }) : 0;
  }

  /** The calls, in order. One with neither name nor input is dropped. */
  whole(): AnswerCall[] {
    return this.#calls
      .filter(({ name, input }) => name !== "" || input.text.trim() !== "")
      .map(({ id, name, input, extra, functionExtra }) => {
        const metadata: Record<string, Json> = {};
        if (extra.sizes.size > 0) metadata["call"] = wellFormedJson(extra.fields) as Json;
        if (functionExtra.sizes.size > 0) {
          metadata["function"] = wellFormedJson(functionExtra.fields) as Json;
        }
        return {
          type: "call" as const,
          callId: id.toWellFormed(),
          name: name.toWellFormed(),
          input: input.text,
          metadata: Object.keys(metadata).length > 0 ? { [CHAT_METADATA_KEY]: metadata } : undefined,
        };
      });
  }

  get isEmpty(): boolean {
    return this.whole().length === 0;
  }

  #takePiece(piece: JsonObject): number {
    const described = objectOr(piece["function"], piece);
    const id = typeof piece["id"] === "string" || typeof piece["id"] === "number" ? String(piece["id"]) : "";
    const name = typeof described["name"] === "string" ? described["name"] : "";
    const call = this.#callFor(indexOf(piece["index"]), id, name);
    if (call.id === "") call.id = id;
    if (call.name === "") call.name = name;
    else if (name !== "" && name !== call.name && call.input.text === "" && id === "") call.name += name;
    let added = addInput(call, described["arguments"] ?? described["parameters"]);
    added += addExtra(call.extra, piece, CALL_FIELDS);
    if (described !== piece) added += addExtra(call.functionExtra, described, FUNCTION_FIELDS);
    return added + name.length + id.length;
  }

  /** Servers identify calls by index, by id, by neither, or give all of them the same index. */
  #callFor(index: number | undefined, id: string, name: string): GrowingCall {
    const byId = id === "" ? undefined : this.#calls.findLast((call) => call.id === id);
    const byPlace = index === undefined ? (byId ?? this.#calls.at(-1)) : this.#byIndex.get(index);
    const isOther = byPlace !== undefined && id !== "" && byPlace.id !== "" && byPlace.id !== id;
    const known = isOther && byId !== undefined ? byId : byPlace;
    const isNew =
      known === undefined ||
      (isOther && byId === undefined && name !== "") ||
      (id === "" && index === undefined && name !== "" && known.name !== "" && known.input.isWhole);
    if (!isNew) return known;
    if (this.#calls.length === MAX_STEP_CALLS) throw tooManyCalls();
    const call: GrowingCall = {
      id: "",
      name: "",
      input: new GrowingObject(),
      extra: { fields: {}, sizes: new Map() },
      functionExtra: { fields: {}, sizes: new Map() },
    };
    this.#calls.push(call);
    if (index !== undefined) this.#byIndex.set(index, call);
    return call;
  }
}

function indexOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** Input arrives as text in pieces, or as an object at once. */
function addInput(call: GrowingCall, value: unknown): number {
  if (value === undefined || value === null) return 0;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  // Some servers repeat the whole call at the end.
  if (text === call.input.text && text.startsWith("{") && call.input.isWhole) return 0;
  call.input.add(text);
  return text.length;
}

/** @returns by how many characters it grew: some servers repeat such a field with each piece. */
function addExtra({ fields, sizes }: Extra, from: JsonObject, known: ReadonlySet<string>): number {
  let added = 0;
  for (const [field, value] of Object.entries(from)) {
    if (known.has(field) || value === null || value === undefined || field === "__proto__") continue;
    const size = field.length + (typeof value === "string" ? value.length : JSON.stringify(value).length);
    const before = sizes.get(field) ?? 0;
    if (size > before) sizes.set(field, size);
    added += Math.max(0, size - before);
    fields[field] = value;
  }
  return added;
}
