import { z } from "zod";
import { MAX_SEARCH_PAGE_SIZE, DEFAULT_SEARCH_PAGE_SIZE } from "./limits.ts";
import { Id, PageCursor, Seq, Timestamp } from "./primitives.ts";

/** Events that search covers: prompts, answers, tool inputs and tool outputs. */
export const SEARCHED_EVENT_TYPES = ["task.submitted", "text.ended", "tool.called", "tool.ended"] as const;

export const SearchInput = z.strictObject({
  /**
   * Words that must all occur; the last may be a prefix of two letters or more. Double quotes: an exact phrase. Case,
   * accents and width are ignored. The first 65,536 characters of a text are searched.
   */
  text: z.string().trim().min(1).max(500),
  /** Only in this session; of one that you don't own, or that doesn't exist, nothing is found. */
  sessionId: Id.optional(),
  cursor: PageCursor.optional(),
  /** Maximum number of items. */
  limit: z.int().min(1).max(MAX_SEARCH_PAGE_SIZE).default(DEFAULT_SEARCH_PAGE_SIZE),
});
export type SearchInput = z.infer<typeof SearchInput>;

/** An event that matches. */
export const SearchHit = z.strictObject({
  sessionId: Id,
  sessionTitle: z.string(),
  taskId: Id.nullable(),
  /** Seq of the event in its session. */
  seq: Seq,
  /** What the text is: a prompt, an answer, a tool's input or its output. */
  type: z.enum(SEARCHED_EVENT_TYPES),
  at: Timestamp,
  /** Text around the match. */
  snippet: z.string(),
  /** Which parts of `snippet` matched: start (included) and end (excluded), in UTF-16 units. */
  matches: z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])),
});
export type SearchHit = z.infer<typeof SearchHit>;

/**
 * Newest first. A page may have fewer hits than requested, even none, and still have a next page: the search ran out of
 * time.
 */
export const SearchPage = z.strictObject({
  items: z.array(SearchHit),
  /** Pass it as `cursor` to get the next page; null on the last page. */
  nextCursor: PageCursor.nullable(),
});
export type SearchPage = z.infer<typeof SearchPage>;
