import type { EventBody, EventDataOf } from "../event.ts";
import type { Json } from "../primitives.ts";

/**
 * The life of a block, told once. A block is a text or a piece of reasoning that a model writes: it begins with its first
 * piece, grows by more of them, and ends with the whole of it, which replaces the pieces in the log. A block that is never
 * ended by its writer is closed by whoever ends the run. What a tool puts out grows in the same way, under its call's id.
 */

export type BlockKind = "text" | "reasoning";

type PieceType = "text.delta" | "reasoning.delta" | "tool.progress";
/** Shows a part of something while it grows, and leaves the log when the whole is stored. */
export type PieceEvent = Extract<EventBody, { type: PieceType }>;

export type BlockEvent = Extract<EventBody, { type: "text.delta" | "reasoning.delta" | BlockEnd["type"] }>;
type BlockPiece = Extract<EventBody, { type: "text.delta" | "reasoning.delta" }>;
type BlockEnd = Extract<EventBody, { type: "text.ended" | "reasoning.ended" }>;

export interface Block {
  kind: BlockKind;
  blockId: string;
  text: string;
  /** `open`: more may come. `interrupted`: its model call was cut off, and the model says it again. */
  state: "open" | "ended" | "interrupted";
  /** Of its end: opaque, for the provider that it came from. */
  providerMetadata?: Json;
}

export function isPiece<E extends EventBody>(event: E): event is Extract<E, { type: PieceType }> {
  return event.type === "text.delta" || event.type === "reasoning.delta" || event.type === "tool.progress";
}

export function isBlockEvent<E extends EventBody>(event: E): event is Extract<E, BlockEvent> {
  return (
    event.type === "text.delta" ||
    event.type === "reasoning.delta" ||
    event.type === "text.ended" ||
    event.type === "reasoning.ended"
  );
}

/** @returns the id of the block or call that the event is a piece of; null for every other event. */
export function blockOfPiece(event: EventBody): string | null {
  switch (event.type) {
    case "text.delta":
    case "reasoning.delta":
      return event.data.blockId;
    case "tool.progress":
      return event.data.callId;
    default:
      return null;
  }
}

/** @returns the id of the block or call whose pieces the event replaces; null for every other event. */
export function blockEndedBy(event: EventBody): string | null {
  switch (event.type) {
    case "text.ended":
    case "reasoning.ended":
      return event.data.blockId;
    case "tool.ended":
      return event.data.callId;
    default:
      return null;
  }
}

export function kindOfBlock({ type }: BlockEvent): BlockKind {
  return type === "text.delta" || type === "text.ended" ? "text" : "reasoning";
}

/** @returns the event's block before the event. */
export function newBlock(event: BlockEvent): Block {
  return { kind: kindOfBlock(event), blockId: event.data.blockId, text: "", state: "open" };
}

/** @returns the block after an event of it. */
export function blockAfter<B extends Block>(block: B, event: BlockEvent): B {
  if (event.type === "text.delta" || event.type === "reasoning.delta") {
    return { ...block, text: block.text + event.data.text };
  }
  const { text, providerMetadata } = event.data;
  const ended = { ...block, text, state: "ended" as const };
  return providerMetadata === undefined ? ended : { ...ended, providerMetadata };
}

export function blockPiece(kind: BlockKind, blockId: string, text: string): BlockPiece {
  const data = { blockId, text };
  return kind === "text" ? { type: "text.delta", data } : { type: "reasoning.delta", data };
}

/** @returns the event that ends the block as it stands. */
export function blockEnd({
  kind,
  blockId,
  text,
  providerMetadata,
}: Pick<Block, "kind" | "blockId" | "text" | "providerMetadata">): BlockEnd {
  const data: EventDataOf<"text.ended"> = { blockId, text };
  if (providerMetadata !== undefined) data.providerMetadata = providerMetadata;
  return kind === "text" ? { type: "text.ended", data } : { type: "reasoning.ended", data };
}

/**
 * @param maxLength of the joined piece, in UTF-16 units.
 * @returns one piece in place of two neighbours; null where they are of different blocks, or too long together.
 */
export function joinPieces<E extends PieceEvent>(first: E, second: E, maxLength: number): E | null {
  if (first.type !== second.type || blockOfPiece(first) !== blockOfPiece(second)) return null;
  const joined = pieceText(first) + pieceText(second);
  if (joined.length > maxLength) return null;
  const data = first.type === "tool.progress" ? { chunk: joined } : { text: joined };
  return { ...first, data: { ...first.data, ...data } };
}

function pieceText(event: PieceEvent): string {
  return event.type === "tool.progress" ? event.data.chunk : event.data.text;
}
