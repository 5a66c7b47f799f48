import type { EventBody, EventDataOf, EventDraft } from "../event.ts";
import { type Block, blockAfter, blockEnd, blockEndedBy, newBlock } from "./block.ts";

/** An event with its position in the log. */
export interface EventPlace {
  taskId: string | null;
  /** The event's own, or a lower bound. */
  seq: number;
  /** Integer ms since the epoch. */
  at: number;
}

interface OpenBlock {
  block: Block;
  taskId: string | null;
  fromSeq: number;
}

interface OpenCall {
  taskId: string | null;
  fromSeq: number;
  calledAt: number;
  output: string;
}

/** How much output to keep of a call that may have to be closed by somebody else: its tail, in UTF-16 units. */
const MAX_KEPT_OUTPUT = 16_384;

/**
 * Blocks and tool calls that a run, or part of a log, has begun but not ended. Whoever ends it instead (a cancel, a
 * shutdown, recovery, a fork, an import) closes them, so no log has open items and no text that anyone has seen is
 * lost.
 */
export class OpenItems {
  readonly #blocks = new Map<string, OpenBlock>();
  readonly #calls = new Map<string, OpenCall>();

  apply(event: EventBody, { taskId, seq, at }: EventPlace): void {
    switch (event.type) {
      case "text.delta":
      case "reasoning.delta": {
        const { blockId } = event.data;
        const open = this.#blocks.get(blockId);
        if (open !== undefined) open.block = blockAfter(open.block, event);
        else this.#blocks.set(blockId, { block: blockAfter(newBlock(event), event), taskId, fromSeq: seq });
        break;
      }
      case "text.ended":
      case "reasoning.ended":
        this.#blocks.delete(event.data.blockId);
        break;
      case "tool.called":
        this.#calls.set(event.data.callId, { taskId, fromSeq: seq, calledAt: at, output: "" });
        break;
      case "tool.progress": {
        const call = this.#calls.get(event.data.callId);
        if (call !== undefined) call.output = (call.output + event.data.chunk).slice(-MAX_KEPT_OUTPUT);
        break;
      }
      case "tool.ended":
        this.#calls.delete(event.data.callId);
        break;
      default:
        break;
    }
  }

  /** Seq of the first piece that the event replaces; undefined if it ends nothing open. */
  endedBlockOf(event: EventBody): { blockId: string; fromSeq: number } | undefined {
    const blockId = blockEndedBy(event);
    if (blockId === null) return undefined;
    const open = event.type === "tool.ended" ? this.#calls.get(blockId) : this.#blocks.get(blockId);
    return open === undefined ? undefined : { blockId, fromSeq: open.fromSeq };
  }

  /**
   * The events that close everything, in order.
   * @param status of the calls: `canceled` if somebody canceled, otherwise `interrupted`.
   * @param now integer ms since the epoch.
   */
  closing(status: "canceled" | "interrupted", now: number): EventDraft[] {
    const events: EventDraft[] = [];
    for (const { block, taskId } of this.#blocks.values()) events.push({ taskId, ...blockEnd(block) });
    for (const [callId, { taskId, calledAt, output }] of this.#calls) {
      const data: EventDataOf<"tool.ended"> = {
        callId,
        status,
        // Don't split a surrogate pair.
        output: output.replace(/^[\uDC00-\uDFFF]/, ""),
        durationMs: Math.max(0, now - calledAt),
      };
      events.push({ taskId, type: "tool.ended", data });
    }
    return events;
  }
}
