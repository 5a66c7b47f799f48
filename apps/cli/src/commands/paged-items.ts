import { MAX_PAGE_SIZE } from "@trunkline/contract";
import { ForeignAnswerError } from "../server/checked-fetch.ts";

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/**
 * @param pageSize the maximum per request
 * @returns the first `count` items of a listing, and whether there are more.
 */
export async function takeItems<T>(
  count: number,
  load: (page: { cursor?: string; limit: number }) => Promise<Page<T>>,
  pageSize: number = MAX_PAGE_SIZE,
): Promise<{ items: T[]; hasMore: boolean }> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (;;) {
    const limit = Math.min(count - items.length, pageSize);
    const page = await load(cursor === undefined ? { limit } : { cursor, limit });
    items.push(...page.items);
    // Or it would go on for ever.
    if (page.nextCursor !== null && page.nextCursor === cursor) throw new ForeignAnswerError();
    cursor = page.nextCursor ?? undefined;
    if (cursor === undefined || items.length >= count) return { items, hasMore: cursor !== undefined };
  }
}
