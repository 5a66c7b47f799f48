import type { CallToolResult, ReadResourceResult } from "@modelcontextprotocol/sdk/types.js";
import type { ContentPart } from "@trunkline/contract";
import type { ToolResult } from "../tools/port.ts";

/** Characters of a result to keep from its start and its end. */
const HEAD_LENGTH = 48_000;
const TAIL_LENGTH = 16_000;

/** Pictures of one result. */
const MAX_IMAGES = 10;

/** Stores a picture that a tool returned; null if it can't be. */
export type StoreImage = (bytes: Uint8Array) => Promise<Extract<ContentPart, { type: "image" }> | null>;

type Block = CallToolResult["content"][number];

/** A server's result as a tool's result: its texts in order, its pictures as blobs. */
export async function toToolResult(result: CallToolResult, storeImage: StoreImage): Promise<ToolResult> {
  const texts: string[] = [];
  const content: ContentPart[] = [];
  for (const block of result.content) {
    const image =
      block.type === "image" && content.length < MAX_IMAGES ? await stored(block, storeImage) : null;
    if (image === null) {
      texts.push(textOf(block));
    } else {
      content.push(image);
      texts.push(`[picture ${content.length}, ${image.blob.mediaType}]`);
    }
  }
  const { structuredContent } = result;
  // Servers repeat it as text; only one that does not has to be read to the model.
  if (structuredContent !== undefined && texts.length === 0) texts.push(JSON.stringify(structuredContent));
  return {
    status: result.isError === true ? "failed" : "succeeded",
    ...shortened(texts.join("\n")),
    ...(content.length > 0 && { content }),
  };
}

/** A resource that was read, as a tool's result. */
export function resourceResult({ contents }: ReadResourceResult): ToolResult {
  const texts = contents.map((each) =>
    "text" in each ? each.text : `[${each.mimeType ?? "binary"}, ${byteLength(each.blob)} bytes: not shown]`,
  );
  return { status: "succeeded", ...shortened(texts.join("\n")) };
}

export function shortened(words: string): { output: string; omittedBytes?: number } {
  // Databases and terminals take NUL for the end of a text.
  const text = words.replaceAll("\0", "\u2400").toWellFormed();
  if (text.length <= HEAD_LENGTH + TAIL_LENGTH) return { output: text };
  const omittedBytes = Buffer.byteLength(text.slice(HEAD_LENGTH, -TAIL_LENGTH));
  const [head, tail] = [text.slice(0, HEAD_LENGTH), text.slice(-TAIL_LENGTH)];
  const output = `${head}\n[… ${omittedBytes} bytes omitted …]\n${tail}`.toWellFormed();
  return { output, omittedBytes };
}

function textOf(block: Block): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "resource":
      return "text" in block.resource
        ? block.resource.text
        : `[${block.resource.mimeType ?? "binary"} of ${block.resource.uri}: not shown]`;
    case "resource_link":
      return `[resource ${block.uri}: ${block.name}]`;
    case "image":
    case "audio":
      return `[${block.mimeType}, ${byteLength(block.data)} bytes: not shown]`;
  }
}

async function stored(block: Extract<Block, { type: "image" }>, storeImage: StoreImage) {
  return storeImage(Buffer.from(block.data, "base64"));
}

function byteLength(base64: string): number {
  return Math.floor((base64.length * 3) / 4);
}
