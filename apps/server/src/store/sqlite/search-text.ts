import type { EventDataOf } from "@trunkline/contract";
import type Database from "better-sqlite3";

/**
 * What is searched of an event, and how words are told apart in it, as SQL functions: the index, its triggers and what
 * is looked for have to agree on both. All connections to the database have them.
 */
export function defineSearchFunctions(database: Database.Database): void {
  database.function("search_text", { deterministic: true }, (type: unknown, data: unknown) =>
    splitUnspaced(searchedText(type as string, data as string)),
  );
  database.function("split_unspaced", { deterministic: true }, (text: unknown) =>
    splitUnspaced(text as string),
  );
}

/** The types that `searchedText` knows, for SQL. */
export const SEARCHED_TYPES = "('task.submitted', 'text.ended', 'tool.called', 'tool.ended')";

function searchedText(type: string, json: string): string {
  const data: unknown = JSON.parse(json);
  switch (type) {
    case "task.submitted":
      return (data as EventDataOf<"task.submitted">).prompt;
    case "text.ended":
      return (data as EventDataOf<"text.ended">).text;
    case "tool.called": {
      const { tool, input } = data as EventDataOf<"tool.called">;
      return [tool, ...valuesIn(input)].join("\n");
    }
    case "tool.ended":
      return (data as EventDataOf<"tool.ended">).output;
    default:
      return "";
  }
}

/** The texts and numbers in a JSON value, as they are and not as JSON writes them. */
function* valuesIn(value: unknown): Generator<string | number> {
  if (typeof value === "string" || typeof value === "number") yield value;
  else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) yield* valuesIn(part);
  }
}

/** Scripts whose words are not set apart by spaces, or (Korean) carry their endings with them. */
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;

/** What is put around such characters: no stored text needs it, and it is taken out of snippets again. */
const SEPARATOR = "\u200b";

/**
 * Makes a word of each character of a script without spaces: several in a row are then found as a phrase, wherever in
 * a sentence they stand. (docs/decisions/014-words-without-spaces.md)
 */
function splitUnspaced(text: string): string {
  return text.replace(UNSPACED, `${SEPARATOR}$&${SEPARATOR}`);
}
