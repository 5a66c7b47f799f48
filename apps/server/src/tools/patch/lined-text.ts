import { endianness } from "node:os";
import { type FileEncoding, type TextUnits, toUnits } from "../files/text-encoding.ts";
import { PatchError } from "./file-patch.ts";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Each takes a few dozen bytes; beyond this it would keep the event loop for long. */
const MAX_LINES = 100_000;

const BYTE_ORDER_MARKS: Readonly<Record<FileEncoding, readonly number[]>> = {
  "utf-8": [0xef, 0xbb, 0xbf],
  "utf-16le": [0xfeff],
  "utf-16be": [0xfeff],
  "windows-1252": [],
};

/** A text as lines, each as it stands in the file and as people read it. */
export class LinedText {
  readonly units: TextUnits;
  readonly encoding: FileEncoding;
  /** The byte order mark, before the first line. */
  readonly mark: TextUnits;
  /** Without line ends, and without a byte order mark. */
  readonly texts: readonly string[];
  /** Where each line begins, and where the last one ends. */
  readonly #starts: readonly number[];

  /** @throws PatchError */
  constructor(bytes: Uint8Array, encoding: FileEncoding, shown: string) {
    this.units = toUnits(bytes, encoding);
    this.encoding = encoding;
    const mark = BYTE_ORDER_MARKS[encoding].every((unit, at) => this.units[at] === unit)
      ? BYTE_ORDER_MARKS[encoding].length
      : 0;
    this.mark = this.units.subarray(0, mark);
    this.#starts = startsOf(this.units, mark, shown);
    const decode = decoderOf(encoding);
    this.texts = this.#starts
      .slice(0, -1)
      .map((start, index) => decode(this.units.subarray(start, this.#endOf(index))));
  }

  /** The lines as they stand in the file, line ends included. */
  slice(from: number, to: number): TextUnits {
    return this.units.subarray(this.#starts[from], this.#starts[to]);
  }

  /** The file's last line has no line end. */
  get isUnended(): boolean {
    return this.texts.length > 0 && this.units.at(-1) !== LINE_FEED;
  }

  /** The line end that the file has around this line. */
  lineEndAt(line: number): "\n" | "\r\n" {
    const end = this.#starts[Math.min(line + 1, this.texts.length)] ?? 0;
    // The last line may have none: what is before it counts.
    const after =
      this.units[end - 1] === LINE_FEED ? end : (this.#starts[Math.max(0, this.texts.length - 1)] ?? 0);
    return after > 1 && this.units[after - 2] === CARRIAGE_RETURN ? "\r\n" : "\n";
  }

  /** Without the line end. */
  #endOf(index: number): number {
    const next = this.#starts[index + 1] ?? this.units.length;
    if (this.units[next - 1] !== LINE_FEED) return next;
    const isCrLf = next - 2 >= (this.#starts[index] ?? 0) && this.units[next - 2] === CARRIAGE_RETURN;
    return isCrLf ? next - 2 : next - 1;
  }
}

function startsOf(units: TextUnits, begin: number, shown: string): number[] {
  const starts = [begin];
  for (let at = units.indexOf(LINE_FEED, begin); at >= 0; at = units.indexOf(LINE_FEED, at + 1)) {
    starts.push(at + 1);
    if (starts.length > MAX_LINES) {
      throw new PatchError(`${shown}: more than ${MAX_LINES} lines: use edit_file`);
    }
  }
  if (starts.at(-1) !== units.length) starts.push(units.length);
  return starts;
}

const NATIVE_UTF_16 = endianness() === "LE" ? "utf-16le" : "utf-16be";

function decoderOf(encoding: FileEncoding): (units: TextUnits) => string {
  if (encoding === "utf-8") {
    return ({ buffer, byteOffset, byteLength }) =>
      Buffer.from(buffer, byteOffset, byteLength).toString("utf8");
  }
  // The units of UTF-16 are in this machine's order, whichever the file has.
  const decoder = new TextDecoder(encoding === "windows-1252" ? encoding : NATIVE_UTF_16, {
    ignoreBOM: true,
  });
  return (units) => decoder.decode(units);
}
