import type { SearchPage } from "@trunkline/contract";

/** Full-text search over what the log holds, kept in step by the log's own transaction. */
export interface SearchIndex {
  /**
   * @param query.cursor the `nextCursor` of the page before. @param query.limit hits at most.
   * @returns hits in sessions of this owner, newest first. A page that took too long ends before it is full.
   */
  search(query: { ownerId: string; text: string; cursor?: string; limit: number }): Promise<SearchPage>;
}
