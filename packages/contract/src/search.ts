import { z } from "zod";
import { MAX_SEARCH_PAGE_SIZE, DEFAULT_SEARCH_PAGE_SIZE } from "./limits.ts";
import { Id, PageCursor, Seq, Timestamp } from "./primitives.ts";

/** Events whose text is searched: prompts, answers, tool inputs and tool outputs. */
export const SEARCHED_EVENT_TYPES = ["task.submitted", "text.ended", "tool.called", "tool.ended"] as const;

export const SearchInput = z.strictObject({
  /**
   * Words, all of which must occur; the last may be the beginning of one, from two letters on. In double quotes: as it stands. Case,
   * accents and width do not matter. The first 65,536 characters of a text are searched.
   */
  text: z.string().trim().min(1).max(500),
  cursor: PageCursor.optional(),
  /** How many to answer at most. */
  limit: z.int().min(1).max(MAX_SEARCH_PAGE_SIZE).default(DEFAULT_SEARCH_PAGE_SIZE),
});
export type SearchInput = z.infer<typeof SearchInput>;

/** An event whose text has all the words. */
export const SearchHit = z.strictObject({
  sessionId: Id,
  sessionTitle: z.string(),
  taskId: Id.nullable(),
  /** Which event of the session it is. */
  seq: Seq,
  /** What the text is: a prompt, an answer, a tool's input or its output. */
  type: z.enum(SEARCHED_EVENT_TYPES),
  at: Timestamp,
  /** A piece of the text around the match. */
  snippet: z.string(),
  /** Which parts of `snippet` matched: start (included) and end (excluded), in UTF-16 units. */
  matches: z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])),
});
export type SearchHit = z.infer<typeof SearchHit>;

/** Newest first. A page may have fewer hits than asked for, or none, and still a next one: searching took too long. */
export const SearchPage = z.strictObject({
  items: z.array(SearchHit),
  /** Give it back as `cursor` for the next page; null on the last. */
  nextCursor: PageCursor.nullable(),
});
export type SearchPage = z.infer<typeof SearchPage>;
