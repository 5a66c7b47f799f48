import type { EventDataOf, SessionEvent } from "@trunkline/contract";
import type { RunEvent } from "../agent/port.ts";

interface OpenBlock {
  type: "text.ended" | "reasoning.ended";
  fromSeq: number;
  text: string;
}

interface OpenCall {
  fromSeq: number;
  calledAt: number;
  output: string;
}

/** Progress kept in memory for a call that may have to be closed by somebody else, in UTF-16 units. */
const MAX_KEPT_OUTPUT = 16_384;

/**
 * What a run has begun and not ended: text blocks and tool calls. Whoever ends the run in its place (a cancel, a
 * shutdown, the recovery after a crash) closes them, so that nothing stays open in the log and no text that anyone
 * has seen is lost.
 */
export class OpenItems {
  readonly #blocks = new Map<string, OpenBlock>();
  readonly #calls = new Map<string, OpenCall>();

  /** @param seq the event's own, or a lower bound of it. @param at integer ms since the epoch. */
  apply(event: RunEvent | SessionEvent, seq: number, at: number): void {
    switch (event.type) {
      case "text.delta":
        this.#open("text.ended", event.data, seq);
        break;
      case "reasoning.delta":
        this.#open("reasoning.ended", event.data, seq);
        break;
      case "text.ended":
      case "reasoning.ended":
        this.#blocks.delete(event.data.blockId);
        break;
      case "tool.called":
        this.#calls.set(event.data.callId, { fromSeq: seq, calledAt: at, output: "" });
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

  #open(type: OpenBlock["type"], { blockId, text }: EventDataOf<"text.delta">, seq: number): void {
    const block = this.#blocks.get(blockId);
    if (block === undefined) this.#blocks.set(blockId, { type, fromSeq: seq, text });
    else block.text += text;
  }

  /** Where the pieces begin that an ending event replaces; undefined where nothing is open under that id. */
  fromSeqOf(event: RunEvent): { blockId: string; fromSeq: number } | undefined {
    if (event.type === "text.ended" || event.type === "reasoning.ended") {
      const { blockId } = event.data;
      const block = this.#blocks.get(blockId);
      return block === undefined ? undefined : { blockId, fromSeq: block.fromSeq };
    }
    if (event.type === "tool.ended") {
      const { callId } = event.data;
      const call = this.#calls.get(callId);
      return call === undefined ? undefined : { blockId: callId, fromSeq: call.fromSeq };
    }
    return undefined;
  }

  /**
   * The events that close everything, in order.
   * @param status what becomes of the calls: `canceled` by somebody's wish, `interrupted` otherwise.
   */
  closing(status: "canceled" | "interrupted", now: number): RunEvent[] {
    const events: RunEvent[] = [];
    for (const [blockId, { type, text }] of this.#blocks) events.push({ type, data: { blockId, text } });
    for (const [callId, { calledAt, output }] of this.#calls) {
      events.push({
        type: "tool.ended",
        data: { callId, status, output, durationMs: Math.max(0, now - calledAt) },
      });
    }
    return events;
  }
}
