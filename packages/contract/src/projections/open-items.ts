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

interface OpenSetup {
  taskId: string | null;
  fromSeq: number;
  startedAt: number;
  output: string;
}

/** How much output to keep of a call or setup that may have to be closed by somebody else: its tail, in UTF-16 units. */
export const MAX_KEPT_OUTPUT = 16_384;

/**
 * Blocks, tool calls and setups that a run, or part of a log, has begun but not ended. Whoever ends it instead (a cancel, a
 * shutdown, recovery, a fork, an import) closes them, so no log has open items and no text that anyone has seen is
 * lost.
 */
export class OpenItems {
  readonly #blocks = new Map<string, OpenBlock>();
  readonly #calls = new Map<string, OpenCall>();
  readonly #setups = new Map<string, OpenSetup>();

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
      case "setup.started":
        this.#setups.set(event.data.setupId, { taskId, fromSeq: seq, startedAt: at, output: "" });
        break;
      case "setup.progress": {
        const setup = this.#setups.get(event.data.setupId);
        if (setup !== undefined) setup.output = (setup.output + event.data.chunk).slice(-MAX_KEPT_OUTPUT);
        break;
      }
      case "setup.ended":
        this.#setups.delete(event.data.setupId);
        break;
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
    const open = this.#itemsOf(event).get(blockId);
    return open === undefined ? undefined : { blockId, fromSeq: open.fromSeq };
  }

  #itemsOf({ type }: EventBody): ReadonlyMap<string, { fromSeq: number }> {
    if (type === "tool.ended") return this.#calls;
    return type === "setup.ended" ? this.#setups : this.#blocks;
  }

  /**
   * The events that close everything, in order.
   * @param status of calls and setups: `canceled` if somebody canceled, otherwise `interrupted`.
   * @param now integer ms since the epoch.
   */
  closing(status: "canceled" | "interrupted", now: number): EventDraft[] {
    const events: EventDraft[] = [];
    for (const { block, taskId } of this.#blocks.values()) events.push({ taskId, ...blockEnd(block) });
    for (const [callId, { taskId, calledAt, output }] of this.#calls) {
      const data: EventDataOf<"tool.ended"> = {
        callId,
        status,
        output: wholeTail(output),
        durationMs: Math.max(0, now - calledAt),
      };
      events.push({ taskId, type: "tool.ended", data });
    }
    for (const [setupId, { taskId, startedAt, output }] of this.#setups) {
      const durationMs = Math.max(0, now - startedAt);
      const data = { setupId, status, exitCode: null, output: wholeTail(output), durationMs, cached: false };
      events.push({ taskId, type: "setup.ended", data });
    }
    return events;
  }
}

/** Without half of a surrogate pair at its start. */
function wholeTail(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]/, "");
}
