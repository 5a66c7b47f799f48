import type { AppendOptions, StoredDraft } from "./ports/append.ts";
import type { ImportedEvent } from "./ports/sessions.ts";
import type { Refusal } from "./refusal.ts";
import type { Statement } from "./statement.ts";

/** What an engine commits atomically. */
export interface Commit extends Pick<
  AppendOptions,
  "fence" | "expect" | "ownerId" | "reveals" | "endedBlocks" | "mayUseBallast"
> {
  /** The session's log; empty for commits without events. */
  sessionId: string;
  events: readonly StoredDraft[];
  /** Events of a document: stored with their own seqs, in a session that is being filled. */
  imported?: readonly ImportedEvent[];
  /** Statements outside any log. */
  statements?: readonly Statement[];
}

/** Seq of a commit's first event, 0 if it has none; or why nothing of it was stored. */
export type CommitResult = number | Refusal;

/** @returns the approximate size of a commit: its strings, one level deep. */
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
