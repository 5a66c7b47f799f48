import type { HeadTailBuffer } from "../common/head-tail-buffer.ts";

/** A UTF-8 continuation byte, and the most that a character can have (RFC 3629). */
const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
const MAX_CONTINUATIONS = 3;

/** Stands for NUL, which databases and terminals reject or take for the end of the text. */
export function withoutNul(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "\u2400") : text;
}

/** Output as text: invalid UTF-8 becomes U+FFFD, and a line in the middle says what was omitted. */
export function readOutputText(output: HeadTailBuffer): { text: string; omittedBytes: number } {
  const { head, tail, omittedBytes } = output.read();
  if (omittedBytes === 0) return { text: decode(Buffer.concat([head, tail])), omittedBytes };
  const headEnd = wholeCharactersEnd(head);
  let tailStart = 0;
  while (tailStart < MAX_CONTINUATIONS && isContinuation(tail[tailStart])) tailStart++;
  const omitted = omittedBytes + (head.length - headEnd) + tailStart;
  const text = `${decode(head.subarray(0, headEnd))}\n[… ${omitted} bytes omitted …]\n${decode(tail.subarray(tailStart))}`;
  return { text, omittedBytes: omitted };
}

/**
 * A piece of a longer output, without the halves of characters at its ends.
 * @param options.isCut what came before is gone.
 * @returns the text, and how many of the bytes it took.
 */
export function decodeWhole(
  bytes: Uint8Array,
  { isCut }: { isCut: boolean },
): { text: string; length: number } {
  let start = 0;
  while (isCut && start < MAX_CONTINUATIONS && isContinuation(bytes[start])) start++;
  const length = wholeCharactersEnd(bytes);
  return { text: decode(bytes.subarray(start, Math.max(start, length))), length };
}

/** Where the last character that may have been cut in two begins, or the end. */
function wholeCharactersEnd(bytes: Uint8Array): number {
  let start = bytes.length - 1;
  while (bytes.length - start <= MAX_CONTINUATIONS && isContinuation(bytes[start])) start--;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start >= 0 && length > bytes.length - start ? start : bytes.length;
}

function decode(bytes: Uint8Array): string {
  return withoutNul(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
}
