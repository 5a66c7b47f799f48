import {
  CHANNEL_CLOSERS,
  closerBeginning,
  closerIn,
  MARK_BEGINNING,
  markAt,
  type Opening,
} from "./thought-marks.ts";

export interface SplitterEvents {
  onPiece: (kind: "text" | "reasoning", text: string) => void;
  /** A tool call arrived as text and was not recognised. */
  onLeakedCall: () => void;
  /** All text so far was reasoning without an opening mark. */
  onUnopenedThought: () => void;
}

/** Longest channel header; anything longer is not one. */
const MAX_HEADER_LENGTH = 300;

/** Maximum run of backticks to wait for. */
const MAX_RUN_LENGTH = 100;

const SPECIAL = /[<[◁`~]/;

/**
 * Separates reasoning from streamed text and removes its marks. Quoted marks, in backticks or code fences, stay. The
 * result does not depend on how the text is split into pieces.
 */
export class ThoughtSplitter {
  readonly #events: SplitterEvents;
  /** Text that is still ambiguous. */
  #held = "";
  #closers: readonly string[] | null = null;
  #inHeader = false;
  #hasOpened = false;
  /** Leading white space, emitted only if something follows; null after that. */
  #lead: string | null = "";
  #dropsLead = false;
  /** Trailing white space of reasoning; null before it started. */
  #thoughtTail: string | null = null;
  #isAnswerStart = true;
  #isLineStart = true;
  /** The open fence, e.g. three backticks. */
  #fence: string | null = null;
  #inBackticks = false;

  constructor(events: SplitterEvents) {
    this.#events = events;
  }

  push(piece: string): void {
    if (this.#held === "" && this.#isPlain(piece)) {
      const line = piece.lastIndexOf("\n");
      if (line !== -1) this.#inBackticks = false;
      const rest = line === -1 ? piece : piece.slice(line + 1);
      this.#isLineStart = (line !== -1 || this.#isLineStart) && rest.trim() === "";
      this.#events.onPiece("text", piece);
      return;
    }
    this.#work(this.#held + piece, false);
  }

  /** End of the text: resolves what was ambiguous. */
  end(): void {
    this.#work(this.#held, true);
  }

  #isPlain(piece: string): boolean {
    return this.#closers === null && !this.#inHeader && this.#lead === null && !SPECIAL.test(piece);
  }

  #work(buffer: string, isEnd: boolean): void {
    let rest: string | null = buffer;
    while (rest !== null) {
      if (this.#inHeader) rest = this.#readHeader(rest, isEnd);
      else if (this.#closers !== null) rest = this.#readThought(rest, this.#closers, isEnd);
      else rest = this.#readText(rest, isEnd);
    }
  }

  /** @returns the rest, in another state; null if more input is needed. */
  #readText(buffer: string, isEnd: boolean): string | null {
    let at = 0;
    while (at < buffer.length) {
      const char = buffer.charAt(at);
      if (char === "`" || (char === "~" && this.#isLineStart)) {
        const run = runLength(buffer, at);
        if (at + run === buffer.length && run < MAX_RUN_LENGTH && !isEnd) return this.#hold(buffer, at);
        this.#quote(char, run);
        at += run;
        continue;
      }
      if (MARK_BEGINNING.test(char) && this.#fence === null && !this.#inBackticks) {
        const found = markAt(buffer, at, {
          isAnswerStart: this.#isAnswerStart,
          isLineStart: this.#isLineStart,
        });
        if (found === "partial" && !isEnd) return this.#hold(buffer, at);
        if (found !== null && found !== "partial") {
          this.#giveText(buffer.slice(0, at));
          this.#obey(found.mark);
          return buffer.slice(at + found.length);
        }
      }
      if (char === "\n") {
        this.#isLineStart = true;
        this.#inBackticks = false;
      } else if (char.trim() !== "") {
        this.#isLineStart = false;
        this.#isAnswerStart = false;
      }
      at++;
    }
    this.#held = "";
    this.#giveText(buffer);
    return null;
  }

  #quote(char: string, run: number): void {
    if (this.#isLineStart && run >= 3) {
      if (this.#fence === null) this.#fence = char.repeat(run);
      else if (this.#fence[0] === char && run >= this.#fence.length) this.#fence = null;
    } else if (char === "`") {
      this.#inBackticks = !this.#inBackticks;
    }
    this.#isLineStart = false;
    this.#isAnswerStart = false;
  }

  #obey(mark: Opening | { type: "header" | "unopened" | "call" | "dropped" }): void {
    switch (mark.type) {
      case "thought":
        this.#beginThought(mark.closers);
        break;
      case "header":
        this.#inHeader = true;
        break;
      case "call":
        this.#events.onLeakedCall();
        this.#beginText();
        break;
      case "unopened":
        if (!this.#hasOpened) this.#events.onUnopenedThought();
        this.#beginText();
        break;
      case "dropped":
        this.#beginText();
        break;
    }
  }

  #readThought(buffer: string, closers: readonly string[], isEnd: boolean): string | null {
    const found = closerIn(buffer, closers);
    if (found !== null) {
      this.#giveThought(buffer.slice(0, found.at));
      this.#closers = null;
      this.#thoughtTail = null;
      if (found.closer === "<|call|>") this.#events.onLeakedCall();
      if (found.closer === "<|channel|>" || found.closer === "<|start|>") this.#inHeader = true;
      else this.#beginText();
      return buffer.slice(found.at + found.closer.length);
    }
    // The character before the mark may quote it.
    const kept = isEnd ? 0 : Math.min(buffer.length, closerBeginning(buffer, closers) + 1);
    this.#held = buffer.slice(buffer.length - kept);
    this.#giveThought(buffer.slice(0, buffer.length - kept));
    return null;
  }

  #readHeader(buffer: string, isEnd: boolean): string | null {
    const end = buffer.toLowerCase().indexOf("<|message|>");
    if (end === -1) {
      if (buffer.length <= MAX_HEADER_LENGTH && !isEnd) {
        this.#held = buffer;
        return null;
      }
      this.#inHeader = false;
      this.#beginText();
      return isEnd ? null : buffer;
    }
    this.#inHeader = false;
    const header = buffer.slice(0, end);
    const isCall = /\bto=/.test(header);
    if (isCall) this.#events.onLeakedCall();
    if (isCall || /analysis|system|developer|tool/.test(header)) this.#beginThought(CHANNEL_CLOSERS);
    else this.#beginText();
    return buffer.slice(end + "<|message|>".length);
  }

  #beginThought(closers: readonly string[]): void {
    this.#hasOpened = true;
    this.#closers = closers;
    this.#thoughtTail = null;
    this.#held = "";
  }

  #beginText(): void {
    this.#lead = "";
    this.#dropsLead = true;
    this.#isAnswerStart = true;
    this.#isLineStart = true;
    this.#fence = null;
    this.#inBackticks = false;
    this.#held = "";
  }

  #hold(buffer: string, at: number): null {
    this.#giveText(buffer.slice(0, at));
    this.#held = buffer.slice(at);
    return null;
  }

  #giveText(text: string): void {
    if (text === "") return;
    if (this.#lead === null) return this.#events.onPiece("text", text);
    const all = this.#lead + text;
    const trimmed = all.trimStart();
    if (trimmed === "") {
      this.#lead = all;
      return;
    }
    this.#lead = null;
    this.#events.onPiece("text", this.#dropsLead ? trimmed : all);
  }

  #giveThought(text: string): void {
    const all = this.#thoughtTail === null ? text.trimStart() : this.#thoughtTail + text;
    const trimmed = all.trimEnd();
    if (trimmed === "" && this.#thoughtTail === null) return;
    this.#thoughtTail = all.slice(trimmed.length);
    if (trimmed !== "") this.#events.onPiece("reasoning", trimmed);
  }
}

function runLength(text: string, from: number): number {
  let to = from;
  while (text[to] === text[from]) to++;
  return to - from;
}
