import type { ContentPart } from "@trunkline/contract";
import type { ToolResult } from "../tools/port.ts";
import { byteLength } from "./byte-length.ts";
import { cleanText } from "./clean-text.ts";
import type { CallResult, ResourcePiece, ResultBlock } from "./results.ts";

/** Characters of a result to keep from its start and its end. */
const HEAD_LENGTH = 48_000;
const TAIL_LENGTH = 16_000;

/** Pictures of one result. */
const MAX_IMAGES = 10;

/** Stores a picture that a tool returned; null if it can't be. */
export type StoreImage = (bytes: Uint8Array) => Promise<Extract<ContentPart, { type: "image" }> | null>;

/** A server's result as a tool's result: its texts in order, its pictures as blobs. */
export async function toToolResult(
  { blocks, isError }: CallResult,
  storeImage: StoreImage,
): Promise<ToolResult> {
  const texts: string[] = [];
  const content: ContentPart[] = [];
  for (const block of blocks) {
    const image =
      block.type === "image" && content.length < MAX_IMAGES ? await stored(block, storeImage) : null;
    if (image === null) {
      texts.push(textOf(block));
    } else {
      content.push(image);
      texts.push(`[picture ${content.length}, ${image.blob.mediaType}]`);
    }
  }
  return {
    status: isError ? "failed" : "succeeded",
    ...shortened(texts.join("\n")),
    ...(content.length > 0 && { content }),
  };
}

/** A resource that was read, as a tool's result. */
export function resourceResult(pieces: readonly ResourcePiece[]): ToolResult {
  const texts = pieces.map(({ text, kind, bytes }) => text ?? `[${kind}, ${bytes} bytes: not shown]`);
  return { status: "succeeded", ...shortened(texts.join("\n")) };
}

/** The messages of a prompt, as one text. */
export function promptText(blocks: readonly ResultBlock[]): string {
  const texts = blocks.map((block) =>
    block.type === "text" || block.type === "resource" ? textOf(block) : `[${nameOf(block)}: not shown]`,
  );
  return shortened(texts.join("\n\n")).output;
}

function nameOf(block: ResultBlock): string {
  return block.type === "other" ? cleanText(block.kind, 100) : block.type;
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

function textOf(block: ResultBlock): string {
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
    case "other":
      return `[${nameOf(block)}: not shown, for it is not as MCP has it]`;
  }
}

async function stored(block: Extract<ResultBlock, { type: "image" }>, storeImage: StoreImage) {
  return storeImage(Buffer.from(block.data, "base64"));
}
