import { endianness } from "node:os";

/** Encoding of a text file. Windows-1252 is Latin-1 with printable characters in the C1 range. */
export type FileEncoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** Display names. */
export const ENCODING_NAMES: Readonly<Record<FileEncoding, string>> = {
  "utf-8": "UTF-8",
  "utf-16le": "UTF-16",
  "utf-16be": "UTF-16 (big-endian)",
  "windows-1252": "Latin-1",
};

/** Bytes at the start of a file that determine its encoding. */
export const ENCODING_SAMPLE_BYTES = 65_536;

/** Control characters in text: tab, line feed, form feed, carriage return, escape. */
const TEXT_CONTROLS = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

/**
 * Detects the encoding from a file's start: by its byte order mark, as UTF-8 if valid, otherwise Latin-1.
 * @returns null if it is not text.
 */
export function detectEncoding(sample: Uint8Array): FileEncoding | null {
  if (sample[0] === 0xff && sample[1] === 0xfe) return "utf-16le";
  if (sample[0] === 0xfe && sample[1] === 0xff) return "utf-16be";
  if (sample.includes(0)) return null;
  if (isUtf8(sample)) return "utf-8";
  return sample.some((byte) => byte < 0x20 && !TEXT_CONTROLS.has(byte)) ? null : "windows-1252";
}

function isUtf8(sample: Uint8Array): boolean {
  try {
    // Its last character may be incomplete.
    new TextDecoder("utf-8", { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Content in units in which a line feed is always 10: bytes, or pairs of bytes for UTF-16. */
export type TextUnits = Uint8Array | Uint16Array;

export function toUnits(bytes: Uint8Array, encoding: FileEncoding): TextUnits {
  if (!isWide(encoding)) return bytes;
  const copy = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
  return toWide(encoding === (isLittleEndian ? "utf-16le" : "utf-16be") ? copy : copy.swap16());
}

export function toBytes(units: TextUnits, encoding: FileEncoding): Uint8Array {
  if (units instanceof Uint8Array) return units;
  const bytes = Buffer.from(units.buffer, units.byteOffset, units.byteLength);
  return encoding === (isLittleEndian ? "utf-16le" : "utf-16be") ? bytes : Buffer.from(bytes).swap16();
}

const isLittleEndian = endianness() === "LE";

function toWide(bytes: Buffer): Uint16Array {
  const copy = new Uint8Array(bytes);
  return new Uint16Array(copy.buffer);
}

/** Bytes per unit. */
export function unitBytes(encoding: FileEncoding): 1 | 2 {
  return isWide(encoding) ? 2 : 1;
}

/** @returns null if the encoding lacks a character of the text. */
export function encodeUnits(text: string, encoding: FileEncoding): TextUnits | null {
  if (encoding === "utf-8") return Buffer.from(text, "utf8");
  if (encoding !== "windows-1252") return toUnits(Buffer.from(text, "utf16le"), "utf-16le");
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const byte = WINDOWS_1252.get(text.charAt(at));
    if (byte === undefined) return null;
    bytes[at] = byte;
  }
  return bytes;
}

function isWide(encoding: FileEncoding): boolean {
  return encoding === "utf-16le" || encoding === "utf-16be";
}

const WINDOWS_1252 = new Map(
  Array.from(
    new TextDecoder("windows-1252").decode(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
    (character, byte) => [character, byte],
  ),
);
