import { findText } from "./find-text.ts";
import { encodeUnits, type FileEncoding, type TextUnits } from "./text-encoding.ts";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

export interface ReplaceRequest {
  encoding: FileEncoding;
  oldText: string;
  newText: string;
}

export interface Replacement {
  /** Occurrences of the text. */
  matches: number;
  /** Length of the result in units. */
  length: number;
  /** Builds the result; call once its length has been checked. */
  build(): TextUnits;
}

/**
 * Prepares replacing all occurrences of a text; everything around them stays unchanged, byte for byte. Models write LF
 * whatever the file has, so LF also matches CR LF, and the new text gets the surrounding line ends. Only a text that
 * contains CR and occurs literally is replaced literally.
 * @returns null if the encoding lacks a character of `newText`.
 */
export function prepareReplacement(text: TextUnits, request: ReplaceRequest): Replacement | null {
  const { oldText, newText } = request;
  const encode = (given: string): TextUnits | null => encodeUnits(given, request.encoding);
  const asGiven = encode(newText);
  const withLf = newText.includes("\r") ? encode(newText.replaceAll("\r\n", "\n")) : asGiven;
  const withCrLf = encode(newText.replace(/\r?\n/g, "\r\n"));
  if (asGiven === null || withLf === null || withCrLf === null) return null;
  const part = encode(oldText);
  if (!oldText.includes("\r")) return measure(text, { part, anyLineEnd: true, withLf: asGiven, withCrLf });
  const exact = measure(text, { part, anyLineEnd: false, withLf: asGiven, withCrLf: asGiven });
  if (exact.matches > 0) return exact;
  return measure(text, {
    part: encode(oldText.replaceAll("\r\n", "\n")),
    anyLineEnd: true,
    withLf,
    withCrLf,
  });
}

interface Search {
  /** Null if the encoding lacks one of its characters, so that it can't occur. */
  part: TextUnits | null;
  anyLineEnd: boolean;
  /** The replacement, by the line ends around it. */
  withLf: TextUnits;
  withCrLf: TextUnits;
}

function measure(text: TextUnits, { part, anyLineEnd, withLf, withCrLf }: Search): Replacement {
  const eachMatch = (take: (begin: number, end: number, put: TextUnits) => void): number => {
    if (part === null) return 0;
    const lineEnds = new LineEnds(text);
    return findText(text, part, {
      anyLineEnd,
      onMatch: (begin, end) => take(begin, end, lineEnds.isCrLf(begin) ? withCrLf : withLf),
    });
  };
  let length = text.length;
  const matches = eachMatch((begin, end, put) => (length += put.length - (end - begin)));
  return {
    matches,
    length,
    build() {
      const writer = new UnitWriter(
        text instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length),
      );
      let from = 0;
      eachMatch((begin, end, put) => {
        writer.write(text, from, begin);
        writer.write(put, 0, put.length);
        from = end;
      });
      writer.write(text, from, text.length);
      return writer.units;
    },
  };
}

/** Below this a loop is faster than a subarray. */
const SHORT = 32;

class UnitWriter {
  readonly units: TextUnits;
  #at = 0;

  constructor(units: TextUnits) {
    this.units = units;
  }

  write(source: TextUnits, begin: number, end: number): void {
    if (end - begin > SHORT) {
      this.units.set(source.subarray(begin, end), this.#at);
      this.#at += end - begin;
    } else {
      for (let from = begin; from < end; from++) this.units[this.#at++] = source[from] ?? 0;
    }
  }
}

/** Determines the line ends around matches. Matches come in order, so one pass suffices. */
class LineEnds {
  readonly #text: TextUnits;
  #last = -1;
  #next = -1;

  constructor(text: TextUnits) {
    this.#text = text;
  }

  /** The first line end in the match or after it, otherwise the one before it. */
  isCrLf(begin: number): boolean {
    while (this.#next < begin && this.#next < this.#text.length) {
      this.#last = this.#next;
      const found = this.#text.indexOf(LINE_FEED, this.#next + 1);
      this.#next = found < 0 ? this.#text.length : found;
    }
    const at = this.#next < this.#text.length ? this.#next : this.#last;
    return at > 0 && this.#text[at - 1] === CARRIAGE_RETURN;
  }
}
