import { TrunklineError } from "@trunkline/contract";

/** Sort key of a page's last row; the id breaks ties. */
export interface PagePosition {
  sort: number;
  id: string;
}

/**
 * Builds a page.
 * @param rows one more than the page holds if there are more. @param sortOf their sort key. @param isMore where the rows don't tell.
 */
export function toPage<Row, Item extends { id: string }>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  sortOf: (item: Item) => PagePosition["sort"],
  isMore = rows.length > limit,
): { items: Item[]; nextCursor: string | null } {
  const items = rows.slice(0, limit).map(toItem);
  const last = items.at(-1);
  const hasMore = isMore && last !== undefined;
  return { items, nextCursor: hasMore ? encodePageCursor({ sort: sortOf(last), id: last.id }) : null };
}

/** Opaque to clients, so that the sort key can change. */
export function encodePageCursor(position: PagePosition): string {
  return Buffer.from(JSON.stringify([position.sort, position.id])).toString("base64url");
}

/** @throws TrunklineError `cursor_invalid` */
export function decodePageCursor(cursor: string): PagePosition {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(value) && value.length === 2) {
      const [sort, id] = value as unknown[];
      if (Number.isSafeInteger(sort) && typeof id === "string") return { sort: sort as number, id };
    }
  } catch (cause) {
    throw invalid(cause);
  }
  throw invalid();
}

function invalid(cause?: unknown): TrunklineError {
  return new TrunklineError(
    "cursor_invalid",
    "Invalid cursor: pass a nextCursor, or leave it out to start with the newest",
    { cause },
  );
}
