import type { Json } from "@trunkline/contract";
import { ProviderFault } from "../../provider-fault.ts";
import type { AnswerPart } from "../../model.ts";
import { CHAT_METADATA_KEY } from "./chat-calls.ts";
import { ThoughtSplitter } from "./thought-splitter.ts";

type Kind = "text" | "reasoning";

/**
 * Splits the model's output into blocks: one ends where the other kind starts. Pieces that arrive together are merged.
 */
export class SpokenBlocks {
  readonly #splitter: ThoughtSplitter;
  #parts: AnswerPart[] = [];
  #open: { kind: Kind; id: string; isMarked: boolean } | null = null;
  #count = 0;
  /** First half of a surrogate pair. */
  #half = { text: "", reasoning: "" };
  /** All text, as long as it may turn out to be reasoning. */
  #undecided: string | null;
  #hasLeakedCall = false;
  hasUnopenedThought: boolean;
  /** Metadata without a block to attach it to. */
  leftExtras: Record<string, Json> | null = null;

  constructor({ beginsThinking }: { beginsThinking: boolean }) {
    this.#undecided = beginsThinking ? "" : null;
    this.hasUnopenedThought = beginsThinking;
    this.#splitter = new ThoughtSplitter({
      onPiece: (kind, text) => this.#piece(kind, text, kind === "reasoning"),
      onLeakedCall: () => {
        this.#hasLeakedCall = true;
      },
      onUnopenedThought: () => {
        this.hasUnopenedThought = true;
        throw new ProviderFault(
          "provider_stream_error",
          "The model's reasoning arrived as its answer, without its opening mark",
          { retryable: true },
        );
      },
    });
  }

  say(kind: Kind, text: string): void {
    const whole = this.#wellFormed(kind, text);
    if (whole !== "") this.#say(kind, whole);
  }

  #say(kind: Kind, whole: string): void {
    if (kind === "reasoning") this.#piece(kind, whole);
    else if (this.#undecided === null) this.#splitter.push(whole);
    else this.#decide(whole);
  }

  takeParts(): readonly AnswerPart[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  /** @param extras are attached to the last block, or stored if none is open. */
  end(extras: Record<string, Json> | null): void {
    for (const kind of ["reasoning", "text"] as const) {
      if (this.#half[kind] !== "") this.#say(kind, "\uFFFD");
    }
    if (this.#undecided !== null) this.#splitter.push(this.#undecided);
    this.#undecided = null;
    this.#splitter.end();
    if (this.#hasLeakedCall) {
      throw new ProviderFault(
        "provider_leaked_call",
        "The model's tool call arrived as text: its server doesn't parse this model's calls. Look for a tool-call parser or chat template in the server's settings",
        { retryable: true, maxTries: 3 },
      );
    }
    this.#close(extras);
  }

  #decide(text: string): void {
    const all = this.#undecided + text;
    const end = all.indexOf("</think>");
    if (end === -1) {
      this.#undecided = all;
      return;
    }
    this.#undecided = null;
    this.#splitter.push(all.trimStart().startsWith("<think>") ? all : `<think>${all}`);
  }

  /** @param isMarked it was between marks, so the provider does not want it back in a field. */
  #piece(kind: Kind, text: string, isMarked = false): void {
    const last = this.#parts.at(-1);
    if (this.#open?.kind === kind && last !== undefined && last.type === kind) {
      this.#parts[this.#parts.length - 1] = { ...last, text: last.text + text };
      return;
    }
    if (this.#open?.kind !== kind) {
      // White space between reasoning and text starts no block.
      if (kind === "text" && this.#open?.kind === "reasoning" && text.trim() === "") return;
      this.#close(null);
      this.#open = { kind, id: String(this.#count++), isMarked };
    }
    this.#parts.push({ type: kind, id: this.#open.id, text });
  }

  #close(extras: Record<string, Json> | null): void {
    const open = this.#open;
    this.#open = null;
    if (open === null) {
      this.leftExtras = extras;
      return;
    }
    const kept = { ...extras, ...(open.isMarked ? { marked: true } : {}) };
    const metadata = Object.keys(kept).length === 0 ? undefined : { [CHAT_METADATA_KEY]: kept };
    this.#parts.push({ type: "block-end", kind: open.kind, id: open.id, metadata });
  }

  /** A surrogate pair may arrive in two pieces; a lone half becomes U+FFFD. */
  #wellFormed(kind: Kind, text: string): string {
    const all = this.#half[kind] + text;
    const last = all.charCodeAt(all.length - 1);
    const isHalf = last >= 0xd800 && last <= 0xdbff;
    this.#half[kind] = isHalf ? all.slice(-1) : "";
    return (isHalf ? all.slice(0, -1) : all).toWellFormed();
  }
}
