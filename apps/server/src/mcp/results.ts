import { isDeepStrictEqual } from "node:util";
import { type ContentBlock, ContentBlockSchema } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { parseForeignJson } from "../common/foreign-json.ts";
import { byteLength } from "./byte-length.ts";

/**
 * What servers return, read piece by piece: SDKs refuse a whole result for one part of it, and then neither the model nor a person sees
 * what the server has to say.
 */
export const AnyResult = z.looseObject({});

type Loose = Readonly<Record<string, unknown>>;

/** Parts of one result that are read: each is checked, and what becomes of all is short. */
const MAX_BLOCKS = 1_000;

/** A part that is not as MCP has it, or of a kind that this version does not know. */
export interface OtherBlock {
  type: "other";
  /** Its kind by its own word. */
  kind: string;
}

export type ResultBlock = ContentBlock | OtherBlock;

export interface CallResult {
  blocks: ResultBlock[];
  isError: boolean;
}

export function readCallResult(result: Loose): CallResult {
  const { isError, toolResult, structuredContent: structured } = result;
  // As servers of MCP's first version wrap it.
  if (result["content"] === undefined && isObject(toolResult)) return readCallResult(toolResult);
  const blocks = readBlocks(result["content"] ?? ownFields(result));
  if (structured !== undefined && structured !== null && !isSaid(structured, blocks)) {
    blocks.push(textBlock(JSON.stringify(structured)));
  }
  return { blocks, isError: isError === true || isError === "true" };
}

/** A piece of a resource. */
export interface ResourcePiece {
  /** Absent: it is none. */
  text?: string;
  kind: string;
  bytes: number;
}

export function readContents({ contents }: Loose): ResourcePiece[] {
  return listOf(contents).flatMap((each) => {
    if (!isObject(each)) return typeof each === "string" ? [{ text: each, kind: "text", bytes: 0 }] : [];
    const { text, blob, mimeType } = each;
    const kind = typeof mimeType === "string" ? mimeType : "binary";
    const bytes = typeof blob === "string" ? byteLength(blob) : 0;
    return [{ ...(typeof text === "string" && { text }), kind, bytes }];
  });
}

export function readMessages({ messages }: Loose): ResultBlock[] {
  return readBlocks(
    listOf(messages).flatMap((message) => listOf(isObject(message) ? message["content"] : message)),
  );
}

function readBlocks(content: unknown): ResultBlock[] {
  const items = listOf(content);
  const blocks = items.slice(0, MAX_BLOCKS).map(readBlock);
  const more = items.length - blocks.length;
  return more === 0 ? blocks : [...blocks, textBlock(`[${more} more parts: not shown]`)];
}

function readBlock(item: unknown): ResultBlock {
  if (!isObject(item)) return textBlock(typeof item === "string" ? item : JSON.stringify(item));
  const parsed = ContentBlockSchema.safeParse(withoutNulls(item, 0));
  if (parsed.success) return parsed.data;
  const { type, text } = item;
  if (text !== undefined && text !== null) return textBlock(JSON.stringify(text));
  return { type: "other", kind: typeof type === "string" ? type.slice(0, 100) : "content" };
}

/** A server that knows no content says what it has beside it. */
function ownFields({ _meta, isError: _isError, structuredContent: _structured, ...rest }: Loose): unknown {
  return Object.keys(rest).length === 0 ? [] : JSON.stringify(rest);
}

/** Servers should repeat what they give as data in a text; not all do, and some wrap a plain value. */
function isSaid(structured: unknown, blocks: readonly ResultBlock[]): boolean {
  const texts = blocks.flatMap((block) => (block.type === "text" ? [block.text] : []));
  if (texts.some((text) => isDeepStrictEqual(valueIn(text), structured))) return true;
  if (!isObject(structured)) return false;
  const values = Object.values(structured);
  const [value] = values;
  if (values.length !== 1) return false;
  const whole = texts.join("\n");
  if (typeof value === "string") return whole === value;
  const items = texts.map(valueIn);
  return isDeepStrictEqual(valueIn(whole), value) || isDeepStrictEqual(items, value);
}

function valueIn(text: string): unknown {
  try {
    return parseForeignJson(text);
  } catch {
    return text;
  }
}

function textBlock(text: string): ContentBlock {
  return { type: "text", text };
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

const MAX_DEPTH = 5;

/** Many servers write null for what they leave out. */
function withoutNulls(value: unknown, depth: number): unknown {
  if (!isObject(value) || depth > MAX_DEPTH) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      inner === null ? [] : [[key, withoutNulls(inner, depth + 1)]],
    ),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
