/** Bytes at the start of a blob that determine its media type. */
export const HEAD_BYTES = 4_096;

const SIGNATURES: readonly { mediaType: string; at: number; bytes: readonly number[] | string }[] = [
  { mediaType: "image/png", at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { mediaType: "image/jpeg", at: 0, bytes: [0xff, 0xd8, 0xff] },
  { mediaType: "image/gif", at: 0, bytes: "GIF87a" },
  { mediaType: "image/gif", at: 0, bytes: "GIF89a" },
  { mediaType: "image/webp", at: 8, bytes: "WEBP" },
  { mediaType: "application/pdf", at: 0, bytes: "%PDF-" },
];

/**
 * Detects the media type from the content; the sender's claim is ignored. Never returns anything that a browser would
 * run (HTML, SVG and scripts are `text/plain`), so a blob can be shown without trusting its author.
 *
 * @param head the first HEAD_BYTES, or everything if shorter
 */
export function mediaTypeOf(head: Uint8Array): string {
  const known = SIGNATURES.find(({ at, bytes }) =>
    Buffer.from(bytes).equals(head.subarray(at, at + bytes.length)),
  );
  if (known !== undefined && (known.mediaType !== "image/webp" || startsWith(head, "RIFF")))
    return known.mediaType;
  return isText(head) ? "text/plain" : "application/octet-stream";
}

function startsWith(head: Uint8Array, text: string): boolean {
  return Buffer.from(text).equals(head.subarray(0, text.length));
}

/** Not in text: control characters other than tab, line feed, form feed, carriage return and escape. */
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000B\u000E-\u001A\u001C-\u001F\u007F]/;

function isText(head: Uint8Array): boolean {
  try {
    // Streaming, because the last character may be cut off.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(head, {
      stream: head.length >= HEAD_BYTES,
    });
    return !CONTROLS.test(text);
  } catch {
    return false;
  }
}
