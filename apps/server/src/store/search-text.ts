import { type EventDataOf, searchWords } from "@trunkline/contract";

/** The types of events that are searched. */
export const SEARCHED_TYPES = ["task.submitted", "text.ended", "tool.called", "tool.ended"] as const;

/**
 * UTF-16 units of an event's text that are searched: on SQLite a commit waits while they are indexed, some 100 ms at most. All of what
 * is kept of a tool's output, and prompts and answers of thirty pages.
 */
const MAX_SEARCHED_LENGTH = 65_536;

/** The beginning of what is searched of an event, as it was written. */
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

/** The texts and numbers in a JSON value, as they are and not as JSON writes them, in their order. @param length enough of them. */
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

/**
 * Of the words of one text, how often the same is indexed: what a phrase costs to look for grows with it. More stand in no
 * text that somebody wrote.
 */
const MAX_SAME_WORDS = 4_096;
/** In place of those beyond, so that what they stood between does not become neighbours. Nobody can look for it. */
export const NO_WORD = "\uffff";

/** The words of a text as they are indexed, in their order. There are no spaces in them. */
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
