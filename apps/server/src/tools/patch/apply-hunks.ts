import { setImmediate } from "node:timers/promises";
import { encodeUnits, ENCODING_NAMES, type TextUnits, toBytes, unitBytes } from "../files/text-encoding.ts";
import { MAX_WHOLE_FILE_BYTES } from "../files/text-file.ts";
import { type Hunk, type HunkLine, PatchError } from "./file-patch.ts";
import { LineFinder } from "./find-lines.ts";
import type { LinedText } from "./lined-text.ts";

/** Some tenths of a second of comparing. */
const MAX_STEPS = 100_000_000;
const STEPS_OF_A_TURN = 2_000_000;

/** Replaces lines `from` up to `to`. */
interface Change {
  from: number;
  to: number;
  lines: HunkLine[];
}

/**
 * Applies the hunks of one file, in order. What no hunk changes stays as it is, byte for byte; new lines get the line ends around
 * them.
 * @returns the new content, and whether a hunk only fit roughly. @throws PatchError naming the hunk that does not fit.
 */
export async function applyHunks(
  text: LinedText,
  hunks: readonly Hunk[],
  { shown, signal }: { shown: string; signal: AbortSignal },
): Promise<{ bytes: Uint8Array; isRough: boolean }> {
  const finder = new LineFinder(text.texts);
  const changes: Change[] = [];
  let at = 0;
  let isRough = false;
  let turnEnd = STEPS_OF_A_TURN;
  for (const [index, hunk] of hunks.entries()) {
    const name = hunks.length === 1 ? shown : `${shown}, hunk ${index + 1}`;
    const place = placeOf(finder, text, hunk, { from: at, name });
    isRough ||= place.isRough;
    at = collect(hunk, place, changes);
    if (finder.steps > MAX_STEPS) throw new PatchError(`${name}: too much to compare: split the patch`);
    if (finder.steps <= turnEnd) continue;
    turnEnd = finder.steps + STEPS_OF_A_TURN;
    await setImmediate();
    signal.throwIfAborted();
  }
  return { bytes: build(text, changes, shown), isRough };
}

interface Place {
  at: number;
  /** Lines of the file. */
  length: number;
  isRough: boolean;
}

function placeOf(
  finder: LineFinder,
  text: LinedText,
  { anchors, line, lines, isAtEnd }: Hunk,
  { from: start, name }: { from: number; name: string },
): Place {
  let from = start;
  for (const anchor of anchors) {
    const found = finder.find([anchor], from, {});
    if (found === null) throw new PatchError(`${name}: no line '${clip(anchor)}' after line ${from}`);
    from = found.at + 1;
  }
  const old = lines.filter(({ type }) => type !== "add").map((one) => one.text);
  if (old.length === 0) {
    const given = line === undefined ? undefined : Math.max(from, line);
    const at = anchors.length > 0 ? from : (given ?? text.texts.length);
    return { at: Math.min(at, text.texts.length), length: 0, isRough: false };
  }
  const near = line === undefined ? {} : { near: line - 1 };
  for (let length = old.length; length > 0; length -= 1) {
    const found = finder.find(old.slice(0, length), from, { ...near, isAtEnd });
    if (found !== null) return { ...found, length };
    // An empty line at the end may be one between two hunks.
    if (old[length - 1] !== "" || lines[lines.length - 1 - (old.length - length)]?.type !== "keep") break;
  }
  const shown = old.slice(0, 5).map((one) => `  ${clip(one)}`);
  const more = old.length > shown.length ? [`  … ${old.length - shown.length} more`] : [];
  throw new PatchError(
    [
      `${name}: these lines are not in the file${from === 0 ? "" : ` after line ${from}`}:`,
      ...shown,
      ...more,
      "Read the file and copy them exactly",
    ].join("\n"),
  );
}

/** Adds the hunk's changes. @returns the line after it. */
function collect({ lines }: Hunk, { at: start }: Place, changes: Change[]): number {
  let at = start;
  let open: Change | undefined;
  for (const line of lines) {
    if (line.type === "keep") {
      open = undefined;
      at += 1;
      continue;
    }
    if (open === undefined) {
      open = { from: at, to: at, lines: [] };
      changes.push(open);
    }
    if (line.type === "add") open.lines.push(line);
    else open.to = at += 1;
  }
  return at;
}

/** @throws PatchError if it gets too large, or its encoding lacks a character. */
function build(text: LinedText, changes: readonly Change[], shown: string): Uint8Array {
  const parts: TextUnits[] = [];
  let length = 0;
  const put = (units: TextUnits): void => {
    length += units.length;
    if (length * unitBytes(text.encoding) > MAX_WHOLE_FILE_BYTES) {
      throw new PatchError(`${shown}: it would be larger than ${MAX_WHOLE_FILE_BYTES} bytes`);
    }
    parts.push(units);
  };
  const encode = (words: string): TextUnits => {
    const units = encodeUnits(words, text.encoding);
    if (units !== null) return units;
    throw new PatchError(
      `${shown}: its encoding, ${ENCODING_NAMES[text.encoding]}, lacks a character of the patch`,
    );
  };
  const count = text.texts.length;
  put(text.mark);
  let from = 0;
  for (const { from: begin, to, lines } of changes) {
    put(text.slice(from, begin));
    from = to;
    if (lines.length === 0) continue;
    const end = text.lineEndAt(begin);
    // What was the last line, and had no line end, is followed by others now.
    if (begin === count && begin > 0 && text.isUnended) put(encode(end));
    const isLast = to === count && lines.at(-1)?.isUnended === true;
    const words = lines.map((line) => line.text).join(end);
    put(encode(isLast ? words : `${words}${end}`));
  }
  put(text.slice(from, count));
  const units = text.units instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    units.set(part, at);
    at += part.length;
  }
  return toBytes(units, text.encoding);
}

const CLIP_LENGTH = 200;

function clip(line: string): string {
  return line.length <= CLIP_LENGTH ? line : `${line.slice(0, CLIP_LENGTH)} …`;
}
