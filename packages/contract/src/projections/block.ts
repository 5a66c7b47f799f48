import type { EventBody, EventDataOf } from "../event.ts";
import type { Json } from "../primitives.ts";

/**
 * Life cycle of a block of text or reasoning. It begins with its first piece, grows with further pieces, and ends with
 * an event that holds the whole text and replaces the pieces in the log. If its writer never ends it, whoever ends the
 * run does. The output of a tool and of a setup grows in the same way, under its id.
 */

export type BlockKind = "text" | "reasoning";

type PieceType = "text.delta" | "reasoning.delta" | "tool.progress" | "setup.progress";
/** Shows part of a block while it grows; removed from the log once the whole is stored. */
export type PieceEvent = Extract<EventBody, { type: PieceType }>;

export type BlockEvent = Extract<EventBody, { type: "text.delta" | "reasoning.delta" | BlockEnd["type"] }>;
type BlockPiece = Extract<EventBody, { type: "text.delta" | "reasoning.delta" }>;
type BlockEnd = Extract<EventBody, { type: "text.ended" | "reasoning.ended" }>;

export interface Block {
  kind: BlockKind;
  blockId: string;
  text: string;
  /** `open`: more may come. `interrupted`: its model call was cut off and will be repeated. */
  state: "open" | "ended" | "interrupted";
  /** From its end event: opaque, for the provider that sent it. */
  providerMetadata?: Json;
}

export function isPiece<E extends EventBody>(event: E): event is Extract<E, { type: PieceType }> {
  return (
    event.type === "text.delta" ||
    event.type === "reasoning.delta" ||
    event.type === "tool.progress" ||
    event.type === "setup.progress"
  );
}

export function isBlockEvent<E extends EventBody>(event: E): event is Extract<E, BlockEvent> {
  return (
    event.type === "text.delta" ||
    event.type === "reasoning.delta" ||
    event.type === "text.ended" ||
    event.type === "reasoning.ended"
  );
}

/** @returns the block, call or setup that the event is a piece of; null for other events. */
export function blockOfPiece(event: EventBody): string | null {
  switch (event.type) {
    case "text.delta":
    case "reasoning.delta":
      return event.data.blockId;
    case "tool.progress":
      return event.data.callId;
    case "setup.progress":
      return event.data.setupId;
    default:
      return null;
  }
}

/** @returns the block, call or setup whose pieces the event replaces; null for other events. */
export function blockEndedBy(event: EventBody): string | null {
  switch (event.type) {
    case "text.ended":
    case "reasoning.ended":
      return event.data.blockId;
    case "tool.ended":
      return event.data.callId;
    case "setup.ended":
      return event.data.setupId;
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
 * @returns one piece for two adjacent ones; null if they belong to different blocks or are too long together.
 */
export function joinPieces<E extends PieceEvent>(first: E, second: E, maxLength: number): E | null {
  if (first.type !== second.type || blockOfPiece(first) !== blockOfPiece(second)) return null;
  const joined = pieceText(first) + pieceText(second);
  if (joined.length > maxLength) return null;
  const data = "chunk" in first.data ? { chunk: joined } : { text: joined };
  return { ...first, data: { ...first.data, ...data } };
}

function pieceText(event: PieceEvent): string {
  return "chunk" in event.data ? event.data.chunk : event.data.text;
}
