import type { AppendOptions, StoredDraft } from "./ports/append.ts";
import type { ImportedEvent } from "./ports/sessions.ts";
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
