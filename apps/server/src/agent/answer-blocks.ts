import { randomUUID } from "node:crypto";
import type { DeltaEvent, RunEvent } from "./port.ts";

export type BlockKind = "text" | "reasoning";

interface OpenBlock {
  kind: BlockKind;
  blockId: string;
  text: string;
}

/** The text and reasoning blocks of one answer: from the provider's part ids to events. */
export class AnswerBlocks {
  readonly #open = new Map<string, OpenBlock>();
  #ended: RunEvent[] = [];

  add(kind: BlockKind, partId: string, text: string): DeltaEvent {
    const key = `${kind} ${partId}`;
    // Random, because a step that is tried again says its blocks again.
    const block = this.#open.get(key) ?? { kind, blockId: randomUUID(), text: "" };
    block.text += text;
    this.#open.set(key, block);
    const data = { blockId: block.blockId, text };
    return kind === "text" ? { type: "text.delta", data } : { type: "reasoning.delta", data };
  }

  end(kind: BlockKind, partId: string): void {
    const key = `${kind} ${partId}`;
    const block = this.#open.get(key);
    if (block === undefined) return;
    this.#open.delete(key);
    this.#ended.push(toEnded(block));
  }

  /** The events that end what has ended, once. */
  takeEnded(): RunEvent[] {
    const ended = this.#ended;
    this.#ended = [];
    return ended;
  }

  /** The same, once everything is taken to have ended. */
  endAll(): RunEvent[] {
    const ended = [...this.takeEnded(), ...Array.from(this.#open.values(), toEnded)];
    this.#open.clear();
    return ended;
  }
}

function toEnded({ kind, blockId, text }: OpenBlock): RunEvent {
  const data = { blockId, text };
  return kind === "text" ? { type: "text.ended", data } : { type: "reasoning.ended", data };
}
