import { isUtf8 } from "node:buffer";
import type { Dirent, OpenDirOptions } from "node:fs";
import { opendir, readlink } from "node:fs/promises";

/**
 * What a name's bytes are in text, where they are no UTF-8: U+DC80 to U+DCFF, which no text has, as Python does it (PEP 383). On
 * Linux a name is any bytes, and an archive from another system, or a faulty program, brings such names. Read as Node does
 * by default, they lead nowhere.
 */
const ESCAPED = 0xdc00;
const FIRST_ESCAPED_BYTE = 0x80;

/** Text that leads back to these bytes by {@link nameBytes}. Shown to people, it needs `toWellFormed`. */
export function nameText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0;
    const character = bytes.subarray(at, at + (lead < 0xe0 ? (lead < 0xc0 ? 1 : 2) : lead < 0xf0 ? 3 : 4));
    const isCharacter = isUtf8(character);
    text += isCharacter ? character.toString() : String.fromCharCode(ESCAPED + lead);
    at += isCharacter ? character.length : 1;
  }
  return text;
}

/** What a call on the file system takes for such a text. */
export function nameBytes(text: string): string | Buffer {
  if (text.isWellFormed()) return text;
  const pieces = Array.from(text, (character) => {
    const byte = character.length === 1 ? character.charCodeAt(0) - ESCAPED : 0;
    return byte >= FIRST_ESCAPED_BYTE && byte <= 0xff ? Buffer.of(byte) : Buffer.from(character);
  });
  return Buffer.concat(pieces);
}

/** Entries of a directory, by whatever bytes they are called. */
export async function* entriesIn(
  path: string,
  options: Pick<OpenDirOptions, "bufferSize"> = {},
): AsyncGenerator<Dirent, void> {
  // The types lack `buffer`, which Node takes for each encoding.
  const asBytes = { ...options, encoding: "buffer" as BufferEncoding };
  for await (const entry of await opendir(nameBytes(path), asBytes)) {
    const name: unknown = entry.name;
    if (Buffer.isBuffer(name)) entry.name = nameText(name);
    yield entry;
  }
}

/** Where a link leads. */
export async function linkTarget(path: string | Buffer): Promise<string> {
  return nameText(await readlink(path, { encoding: "buffer" }));
}
