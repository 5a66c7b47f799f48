import { ownCopy } from "../common/own-copy.ts";

/**
 * Shortens a text to about `maxLength` UTF-16 units: its start and more of its end, which usually matters most, with a
 * note on what is missing between.
 */
export function shortened(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const headLength = Math.floor(maxLength / 3);
  const head = text.slice(0, headLength).replace(/[\uD800-\uDBFF]$/, "");
  const tail = text.slice(text.length - (maxLength - headLength)).replace(/^[\uDC00-\uDFFF]/, "");
  return ownCopy(`${head}\n[… ${text.length - head.length - tail.length} characters omitted …]\n${tail}`);
}
