import type { Principal } from "../principal.ts";
import type { SearchInput, SearchPage } from "../search.ts";

export interface SearchService {
  /** Searches the caller's sessions, and nobody else's. */
  query(principal: Principal, input: SearchInput): Promise<SearchPage>;
}
