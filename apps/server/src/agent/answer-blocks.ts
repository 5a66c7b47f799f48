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

/** Text and reasoning blocks of one answer: maps the provider's part ids to events. */
export class AnswerBlocks {
  readonly #open = new Map<string, Block>();
  #ended: RunEvent[] = [];
  #hasGivenEnds = false;

  add(kind: BlockKind, partId: string, text: string): DeltaEvent {
    const key = `${kind} ${partId}`;
    // Random, because a retried step repeats its blocks.
    const known = this.#open.get(key);
    const piece = blockPiece(kind, known?.blockId ?? randomUUID(), text);
    this.#open.set(key, blockAfter(known ?? newBlock(piece), piece));
    return piece;
  }

  /** @param providerMetadata is stored even for a block without text: a signature may stand alone. */
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

  /** Whether none of its end events was returned yet. */
  get isUntouched(): boolean {
    return !this.#hasGivenEnds;
  }

  /** End events of the blocks that have ended, returned once. */
  takeEnded(): RunEvent[] {
    const ended = this.#ended;
    this.#hasGivenEnds ||= ended.length > 0;
    this.#ended = [];
    return ended;
  }

  /** The same, treating every block as ended. */
  endAll(): RunEvent[] {
    const ended = [...this.takeEnded(), ...Array.from(this.#open.values(), blockEnd)];
    this.#open.clear();
    return ended;
  }
}
