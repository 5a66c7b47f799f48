import { randomUUID } from "node:crypto";
import {
  type Block,
  blockAfter,
  blockEnd,
  type BlockKind,
  blockPiece,
  type Json,
  newBlock,
} from "@trunkline/contract";
import type { DeltaEvent, RunEvent } from "./port.ts";

/** The text and reasoning blocks of one answer: from the provider's part ids to events. */
export class AnswerBlocks {
  readonly #open = new Map<string, Block>();
  #ended: RunEvent[] = [];

  add(kind: BlockKind, partId: string, text: string): DeltaEvent {
    const key = `${kind} ${partId}`;
    // Random, because a step that is tried again says its blocks again.
    const known = this.#open.get(key);
    const piece = blockPiece(kind, known?.blockId ?? randomUUID(), text);
    this.#open.set(key, blockAfter(known ?? newBlock(piece), piece));
    return piece;
  }

  /** @param providerMetadata is kept with the block, even where that has no text: a signature may stand alone. */
  end(kind: BlockKind, partId: string, providerMetadata?: Json): void {
    const key = `${kind} ${partId}`;
    const open = this.#open.get(key);
    this.#open.delete(key);
    if (providerMetadata !== undefined) {
      const block = open ?? { kind, blockId: randomUUID(), text: "" };
      this.#ended.push(blockEnd({ ...block, providerMetadata }));
    } else if (open !== undefined) {
      this.#ended.push(blockEnd(open));
    }
  }

  get hasEnded(): boolean {
    return this.#ended.length > 0;
  }

  /** The events that end what has ended, once. */
  takeEnded(): RunEvent[] {
    const ended = this.#ended;
    this.#ended = [];
    return ended;
  }

  /** The same, once everything is taken to have ended. */
  endAll(): RunEvent[] {
    const ended = [...this.takeEnded(), ...Array.from(this.#open.values(), blockEnd)];
    this.#open.clear();
    return ended;
  }
}
