/** A part of the message that is being completed: from its mark to the caret. */
export interface Trigger {
  kind: "file" | "command";
  from: number;
  to: number;
  /** What follows the mark. */
  query: string;
}

/** A file is looked for after `@` at the start of a word. */
const FILE = /(?:^|[\s("'`[{])@([^\s@]*)$/u;
/** Longer ones are no longer a path that somebody is typing, in UTF-16 units. */
const MAX_QUERY = 300;

/** `@` anywhere; `/` as the first character of a message of one line. @param caret -1: it is not in the field */
export function triggerAt(text: string, caret: number): Trigger | null {
  if (caret <= 0) return null;
  if (text.startsWith("/") && caret <= MAX_QUERY && !text.includes("\n")) {
    return { kind: "command", from: 0, to: caret, query: text.slice(1, caret) };
  }
  const query = FILE.exec(text.slice(Math.max(0, caret - MAX_QUERY), caret))?.[1];
  return query === undefined ? null : { kind: "file", from: caret - query.length - 1, to: caret, query };
}

/** The folder that a query names, and what its entries are to contain. */
export function splitPath(query: string): { folder: string; rest: string } {
  const slash = query.lastIndexOf("/");
  return { folder: query.slice(0, Math.max(0, slash)), rest: query.slice(slash + 1) };
}
