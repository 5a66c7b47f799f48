import { TrunklineError } from "@trunkline/contract";

/**
 * Paths as git has them are bytes, and JSON has text. A path that is UTF-8 is shown as it is; any other is quoted as git
 * quotes it (`core.quotePath`), and so is one that begins with a quote, so that both directions are exact.
 */

const ESCAPES: Readonly<Record<number, string>> = {
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
  34: '\\"',
  92: "\\\\",
};

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function pathText(bytes: Uint8Array): string {
  try {
    const text = strictUtf8.decode(bytes);
    if (!text.startsWith('"')) return text;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  let quoted = '"';
  for (const byte of bytes) {
    const isPlain = byte >= 0x20 && byte < 0x7f;
    quoted +=
      ESCAPES[byte] ?? (isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`);
  }
  return `${quoted}"`;
}

const UNESCAPED = new Map(Object.entries(ESCAPES).map(([byte, text]) => [text, Number(byte)]));

/** @returns the path's bytes; null if it is none: empty, absolute, with NUL, or out of the workspace. */
export function pathBytes(text: string): Buffer | null {
  const bytes = text.startsWith('"') ? unquote(text) : Buffer.from(text);
  if (bytes === null || bytes.includes(0)) return null;
  const names = bytes.toString("latin1").split("/");
  return names.some((name) => name === "" || name === "." || name === "..") ? null : bytes;
}

function unquote(text: string): Buffer | null {
  const inner = /^"((?:[^"\\]|\\[^])*)"$/.exec(text)?.[1];
  if (inner === undefined) return null;
  const parts: Buffer[] = [];
  for (const [part] of inner.matchAll(/\\[0-3][0-7]{2}|\\[^]|[^\\]+/g)) {
    if (!part.startsWith("\\")) parts.push(Buffer.from(part));
    else if (part.length === 4) parts.push(Buffer.from([Number.parseInt(part.slice(1), 8)]));
    else {
      const byte = UNESCAPED.get(part);
      if (byte === undefined) return null;
      parts.push(Buffer.from([byte]));
    }
  }
  return Buffer.concat(parts);
}

/** @throws TrunklineError `validation_failed` */
export function requirePath(path: string): Buffer {
  const bytes = pathBytes(path);
  if (bytes !== null) return bytes;
  throw new TrunklineError(
    "validation_failed",
    `${path} is not a path within the workspace, as in session.changes`,
  );
}
