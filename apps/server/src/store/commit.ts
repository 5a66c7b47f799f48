import type { AppendOptions, StoredDraft } from "./ports/append.ts";
import type { ImportedEvent } from "./ports/sessions.ts";
import type { Refusal } from "./refusal.ts";
import type { Statement } from "./statement.ts";

/** What an engine commits in one piece: all of it, or none. */
export interface Commit extends Pick<
  AppendOptions,
  "fence" | "expect" | "ownerId" | "reveals" | "endedBlocks" | "mayUseBallast"
> {
  /** Whose log it belongs to; empty for what belongs to none. */
  sessionId: string;
  events: readonly StoredDraft[];
  /** Of a document: stored under the seqs that they have, in a session that is being filled. */
  imported?: readonly ImportedEvent[];
  /** What belongs to no log. */
  statements?: readonly Statement[];
}

/** Seq of a commit's first event, 0 where it has none; or why nothing of the commit was stored. */
export type CommitResult = number | Refusal;

/** @returns about how long a commit is: the strings in it, one level deep. */
export function charactersOf({ events, imported = [], statements = [] }: Commit): number {
  let characters = 0;
  for (const { parameters } of statements) characters += lengthOfStrings(parameters);
  for (const { data } of events) characters += lengthOfStrings(Object.values(data));
  for (const { data } of imported) characters += lengthOfStrings(Object.values(data));
  return characters;
}

function lengthOfStrings(values: readonly unknown[]): number {
  let length = 0;
  for (const value of values) if (typeof value === "string") length += value.length;
  return length;
}
