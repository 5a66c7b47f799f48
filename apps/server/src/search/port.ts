import type { SearchPage } from "@trunkline/contract";

/** Full-text search over what the log holds, kept in step by the log's own transaction. */
export interface SearchIndex {
  /**
   * @param after the position that an earlier page ended at. @param limit hits at most.
   * @returns hits in sessions of this owner, newest first.
   */
  search(query: { ownerId: string; text: string; cursor?: string; limit: number }): Promise<SearchPage>;
}
