/**
 * A text of at most about `maxLength` UTF-16 units: its beginning and, as it says most often what matters, more of its
 * end, with a note of what is missing between them.
 */
export function shortened(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const headLength = Math.floor(maxLength / 3);
  const head = text.slice(0, headLength).replace(/[\uD800-\uDBFF]$/, "");
  const tail = text.slice(text.length - (maxLength - headLength)).replace(/^[\uDC00-\uDFFF]/, "");
  return `${head}\n[… ${text.length - head.length - tail.length} characters omitted …]\n${tail}`;
}
