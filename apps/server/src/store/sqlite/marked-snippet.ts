/** Characters that no stored text needs, put around matches by the engine and taken out again here. */
export const MARK_START = "\u0002";
export const MARK_END = "\u0003";

/** @returns the text without marks, and where the marked parts are in it: [start, end) in UTF-16 units. */
export function cutMarks(marked: string): { text: string; matches: [number, number][] } {
  let text = "";
  const matches: [number, number][] = [];
  for (const part of marked.split(MARK_START)) {
    const end = part.indexOf(MARK_END);
    if (end !== -1) matches.push([text.length, text.length + end]);
    text += part.replace(MARK_END, "");
  }
  return { text, matches };
}
