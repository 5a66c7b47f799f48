import { toStoredText } from "./stored-text.ts";

/** OIDs of the element types, from `pg_type`. */
const OIDS = { text: 25, int8: 20, float8: 701 } as const;

export type ColumnType = keyof typeof OIDS;

const HEADER_BYTES = 20;

/**
 * A one-dimensional array in the format of PostgreSQL's `array_recv`: encoded once, without escapes; the text form of
 * an array of JSON would be half backslashes.
 */
export function arrayParameter(type: ColumnType, values: readonly unknown[]): Buffer {
  return type === "text" ? textArray(values) : numberArray(type, values);
}

function textArray(values: readonly unknown[]): Buffer {
  const texts = values.map((value) => (typeof value === "string" ? toStoredText(value) : null));
  let bytes = HEADER_BYTES;
  const lengths = texts.map((text) => (text === null ? -1 : Buffer.byteLength(text)));
  for (const length of lengths) bytes += 4 + Math.max(0, length);
  const buffer = Buffer.allocUnsafe(bytes);
  let offset = writeHeader(buffer, "text", values.length);
  for (const [index, text] of texts.entries()) {
    offset = buffer.writeInt32BE(lengths[index] ?? -1, offset);
    if (text !== null) offset += buffer.write(text, offset);
  }
  return buffer;
}

function numberArray(type: "int8" | "float8", values: readonly unknown[]): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * 12);
  let offset = writeHeader(buffer, type, values.length);
  for (const value of values) {
    if (value === null || value === undefined) {
      offset = buffer.writeInt32BE(-1, offset);
      continue;
    }
    offset = buffer.writeInt32BE(8, offset);
    offset =
      type === "int8"
        ? buffer.writeBigInt64BE(BigInt(value as number), offset)
        : buffer.writeDoubleBE(value as number, offset);
  }
  return buffer.subarray(0, offset);
}

/** @returns the offset of the elements. */
function writeHeader(buffer: Buffer, type: ColumnType, length: number): number {
  let offset = buffer.writeInt32BE(1, 0);
  offset = buffer.writeInt32BE(1, offset);
  offset = buffer.writeInt32BE(OIDS[type], offset);
  offset = buffer.writeInt32BE(length, offset);
  return buffer.writeInt32BE(1, offset);
}
