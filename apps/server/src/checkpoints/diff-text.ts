/**
 * A diff as text of bounded size: whole lines only, so that what is kept can be read.
 * @param bytes git's output, perhaps cut off.
 */
export function diffText(
  bytes: Buffer,
  { maxBytes, isCut }: { maxBytes: number; isCut: boolean },
): { diff: string; truncated: boolean } {
  const truncated = isCut || bytes.length > maxBytes;
  const kept = truncated ? wholeLines(bytes.subarray(0, maxBytes)) : bytes;
  return { diff: kept.toString("utf8"), truncated };
}

function wholeLines(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
}
