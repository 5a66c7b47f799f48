import { type SearchService, TrunklineError } from "@trunkline/contract";
import type { SearchIndex } from "../search/port.ts";

export function createSearchService(index: SearchIndex): SearchService {
  return {
    async query(principal, { text, sessionId, cursor, limit }) {
      if (cursor !== undefined && !/^\d{1,10}$/.test(cursor)) {
        throw new TrunklineError("cursor_invalid", "Invalid cursor: pass a nextCursor");
      }
      return index.search({ ownerId: principal.userId, text, sessionId, cursor, limit });
    },
  };
}
