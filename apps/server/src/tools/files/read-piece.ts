import type { FileHandle } from "node:fs/promises";
import { TrunklineError, type WorkspaceText } from "@trunkline/contract";
import type { ReadPiece } from "../port.ts";
import { toTimestamp } from "./list-entries.ts";
import type { OpenedFile } from "./open-file.ts";
import {
  detectEncoding,
  ENCODING_SAMPLE_BYTES,
  type FileEncoding,
  toUnits,
  unitBytes,
} from "./text-encoding.ts";

/** How far a line is looked for, in bytes: about a tenth of a second. */
const MAX_SCANNED_BYTES = 67_108_864;

const LINE_FEED = 0x0a;

/**
 * Reads a piece of a text file by bytes, so that a piece far into a large file costs no more than the first one.
 * @throws TrunklineError `validation_failed` if the line asked for is not there, or too far away
 */
export async function readPiece(
  file: OpenedFile,
  { fromByte, fromLine, maxBytes }: Omit<ReadPiece, "path">,
): Promise<WorkspaceText> {
  const { handle, shown: path } = file;
  const { size: bytes, mtimeMs } = await handle.stat();
  const whole = { path, bytes, modifiedAt: toTimestamp(mtimeMs) };
  const encoding = detectEncoding(await readAt(handle, 0, ENCODING_SAMPLE_BYTES));
  const line = fromByte === undefined ? (fromLine ?? 1) : null;
  if (encoding === null) {
    return { ...whole, encoding, text: "", fromByte: 0, fromLine: null, nextByte: null };
  }
  const unit = unitBytes(encoding);
  const asked = line === null ? (fromByte ?? 0) : await findLine(handle, { line, encoding, path });
  const aligned = asked - (asked % unit);
  // One more than asked for, to know whether the file goes on.
  const read = await readAt(handle, aligned, maxBytes + unit);
  const start = encoding === "utf-8" && aligned > 0 ? continuationBytes(read) : 0;
  const end = read.length > maxBytes ? pieceEnd(read.subarray(0, maxBytes), start, encoding) : read.length;
  const isEnd = end === read.length;
  return {
    ...whole,
    encoding,
    text: new TextDecoder(encoding, { ignoreBOM: aligned > 0 }).decode(read.subarray(start, end)),
    fromByte: aligned + start,
    fromLine: line,
    nextByte: isEnd ? null : aligned + end,
  };
}

/** Up to `length` bytes, fewer only at the end of the file. */
async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  for (let filled = 0; ;) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    filled += bytesRead;
    if (bytesRead === 0 || filled === length) return buffer.subarray(0, filled);
  }
}

/** @returns the byte at which a line begins */
async function findLine(
  handle: FileHandle,
  { line, encoding, path }: { line: number; encoding: FileEncoding; path: string },
): Promise<number> {
  const unit = unitBytes(encoding);
  let missing = line - 1;
  for (let position = 0; missing > 0;) {
    if (position >= MAX_SCANNED_BYTES) {
      throw invalid(`${path}: line ${line} is more than 64 MiB into the file. Use fromByte`);
    }
    const bytes = await readAt(handle, position, ENCODING_SAMPLE_BYTES);
    const units = toUnits(bytes, encoding);
    for (let at = units.indexOf(LINE_FEED); at >= 0; at = units.indexOf(LINE_FEED, at + 1)) {
      missing--;
      if (missing === 0) return position + (at + 1) * unit;
    }
    if (bytes.length < ENCODING_SAMPLE_BYTES) {
      throw invalid(`${path}: the file has only ${line - missing} lines`);
    }
    position += bytes.length;
  }
  return 0;
}

/** Bytes at the start that belong to a character that began before. */
function continuationBytes(bytes: Buffer): number {
  let count = 0;
  while (count < 3 && ((bytes[count] ?? 0) & 0xc0) === 0x80) count++;
  return count;
}

/** After the last whole line or, if there is none, the last whole character. */
function pieceEnd(bytes: Buffer, start: number, encoding: FileEncoding): number {
  const unit = unitBytes(encoding);
  const lineEnd = (toUnits(bytes, encoding).lastIndexOf(LINE_FEED) + 1) * unit;
  if (lineEnd > start) return lineEnd;
  if (encoding === "windows-1252") return bytes.length;
  if (encoding === "utf-8") {
    let end = bytes.length;
    // The first byte of the last character; it may be complete, and is then read again.
    while (end > bytes.length - 4 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end--;
    return ((bytes[end - 1] ?? 0) & 0x80) === 0 ? bytes.length : end - 1;
  }
  const whole = bytes.length - (bytes.length % 2);
  const last = encoding === "utf-16le" ? bytes.readUInt16LE(whole - 2) : bytes.readUInt16BE(whole - 2);
  // A high surrogate is half a character.
  return last >= 0xd800 && last <= 0xdbff ? whole - 2 : whole;
}

function invalid(message: string): TrunklineError {
  return new TrunklineError("validation_failed", message);
}
