import { withoutNul } from "../output-text.ts";
import { cutWhole } from "../whole-characters.ts";

/** Of a line, in UTF-16 units: what is beyond is neither searched nor shown. */
const MAX_SEARCHED_LENGTH = 65_536;
const MAX_SHOWN_LENGTH = 2_000;
/** Of all lines. */
const MAX_LENGTH = 65_536;

/** Finds the lines of a text that contain another, each with its number, holding a piece of the text in memory at a time. */
export async function findLines(
  content: AsyncIterable<Uint8Array>,
  part: string,
  { offset, limit, signal }: { offset: number; limit: number; signal: AbortSignal },
): Promise<{ lines: string[]; next: number | null }> {
  const decoder = new TextDecoder();
  const lines: string[] = [];
  let line = "";
  let number = 1;
  let length = 0;
  /** @returns whether there is room for more. */
  const endLine = (): boolean => {
    const text = line;
    line = "";
    if (number >= offset && text.includes(part)) {
      const cut = cutWhole(text, MAX_SHOWN_LENGTH);
      const shown = `${number}\t${withoutNul(cut)}${cut.length < text.length ? " […]" : ""}`;
      if (lines.length >= limit || length + shown.length > MAX_LENGTH) return false;
      lines.push(shown);
      length += shown.length + 1;
    }
    number += 1;
    return true;
  };
  for await (const bytes of content) {
    signal.throwIfAborted();
    const text = decoder.decode(bytes, { stream: true });
    let begin = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", begin)) {
      line += text.slice(begin, Math.min(end, begin + MAX_SEARCHED_LENGTH - line.length));
      begin = end + 1;
      if (!endLine()) return { lines, next: number };
    }
    line += text.slice(begin, begin + Math.max(0, MAX_SEARCHED_LENGTH - line.length));
  }
  if (line !== "" && !endLine()) return { lines, next: number };
  return { lines, next: null };
}
