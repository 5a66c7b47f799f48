import type { SearchPage } from "@trunkline/contract";

/** Full-text search over the log, updated in the log's own transaction. */
export interface SearchIndex {
  /**
   * @param query.sessionId only in this session, if it is the owner's
   * @param query.cursor the `nextCursor` of the previous page. @param query.limit maximum hits.
   * @returns hits in this owner's sessions, newest first. A page that took too long may be short.
   */
  search(query: {
    ownerId: string;
    text: string;
    sessionId?: string | undefined;
    cursor?: string;
    limit: number;
  }): Promise<SearchPage>;
}
