import type { EventBody, EventDataOf, EventDraft } from "../event.ts";
import { type Block, blockAfter, blockEnd, blockEndedBy, newBlock } from "./block.ts";

/** Where an event stands in the log. */
export interface EventPlace {
  taskId: string | null;
  /** The event's own, or a lower bound of it. */
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

/** Output that is kept of a call which somebody else may have to close: the end of it, in UTF-16 units. */
const MAX_KEPT_OUTPUT = 16_384;

/**
 * What a run, or a part of a log, has begun and not ended: blocks and tool calls. Whoever ends it in their writer's place
 * (a cancel, a shutdown, the recovery after a crash, a fork, an import) closes them, so that nothing stays open in a log
 * and no text that anyone has seen is lost.
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

  /** Where the pieces begin that an event replaces; undefined where nothing is open that it ends. */
  endedBlockOf(event: EventBody): { blockId: string; fromSeq: number } | undefined {
    const blockId = blockEndedBy(event);
    if (blockId === null) return undefined;
    const open = event.type === "tool.ended" ? this.#calls.get(blockId) : this.#blocks.get(blockId);
    return open === undefined ? undefined : { blockId, fromSeq: open.fromSeq };
  }

  /**
   * The events that close everything, in order.
   * @param status what becomes of the calls: `canceled` by somebody's wish, `interrupted` otherwise.
   * @param now integer ms since the epoch.
   */
  closing(status: "canceled" | "interrupted", now: number): EventDraft[] {
    const events: EventDraft[] = [];
    for (const { block, taskId } of this.#blocks.values()) events.push({ taskId, ...blockEnd(block) });
    for (const [callId, { taskId, calledAt, output }] of this.#calls) {
      const data: EventDataOf<"tool.ended"> = {
        callId,
        status,
        // Not from the middle of a surrogate pair.
        output: output.replace(/^[\uDC00-\uDFFF]/, ""),
        durationMs: Math.max(0, now - calledAt),
      };
      events.push({ taskId, type: "tool.ended", data });
    }
    return events;
  }
}
