import { type EventDataOf, searchWords } from "@trunkline/contract";

/** Event types covered by search. */
export const SEARCHED_TYPES = ["task.submitted", "text.ended", "tool.called", "tool.ended"] as const;

/**
 * UTF-16 units of an event's text to index: on SQLite a commit waits for it, some 100 ms at most. Covers everything
 * kept of a tool's output, and prompts and answers of thirty pages.
 */
const MAX_SEARCHED_LENGTH = 65_536;

/** The start of an event's searched text, as written. */
export function searchedText(type: string, json: string): string {
  const data: unknown = JSON.parse(json);
  switch (type) {
    case "task.submitted":
      return bounded((data as EventDataOf<"task.submitted">).prompt);
    case "text.ended":
      return bounded((data as EventDataOf<"text.ended">).text);
    case "tool.called": {
      const { tool, input } = data as EventDataOf<"tool.called">;
      return bounded([tool, ...valuesIn(input, MAX_SEARCHED_LENGTH)].join("\n"));
    }
    case "tool.ended":
      return bounded((data as EventDataOf<"tool.ended">).output);
    default:
      return "";
  }
}

function bounded(text: string): string {
  return text.slice(0, MAX_SEARCHED_LENGTH);
}

/** The texts and numbers in a JSON value, unescaped, in order. @param length enough of them. */
function valuesIn(value: unknown, length: number): string[] {
  const values: string[] = [];
  let left = length;
  const open: unknown[] = [value];
  while (open.length > 0 && left > 0) {
    const next = open.pop();
    if (typeof next === "string" || typeof next === "number") {
      const text = String(next);
      values.push(text);
      left -= text.length + 1;
    } else if (typeof next === "object" && next !== null) {
      for (const part of Object.values(next).toReversed()) open.push(part);
    }
  }
  return values;
}

/** How often the same word of a text is indexed: the cost of a phrase grows with it. No real text has more. */
const MAX_SAME_WORDS = 4_096;
/** Replaces further occurrences, so that their neighbours do not become adjacent. Can't be searched for. */
export const NO_WORD = "\uffff";

/** A text's words as indexed, in order. They contain no spaces. */
export function indexedWords(text: string): string[] {
  const counts = new Map<string, number>();
  const words = searchWords(text);
  for (const [index, word] of words.entries()) {
    const count = (counts.get(word) ?? 0) + 1;
    if (count > MAX_SAME_WORDS) words[index] = NO_WORD;
    else counts.set(word, count);
  }
  return words;
}
