import { TrunklineError } from "@trunkline/contract";

/** The sort key of the last row of a page; the id breaks ties. */
export interface PagePosition {
  sort: number | string;
  id: string;
}

/** Opaque to clients, so that the sort key may change without them. */
export function encodePageCursor(position: PagePosition): string {
  return Buffer.from(JSON.stringify([position.sort, position.id])).toString("base64url");
}

/** @throws TrunklineError `cursor_invalid` */
export function decodePageCursor(cursor: string): PagePosition {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(value) && value.length === 2) {
      const [sort, id] = value as unknown[];
      if ((typeof sort === "number" || typeof sort === "string") && typeof id === "string")
        return { sort, id };
    }
  } catch (cause) {
    throw invalid(cause);
  }
  throw invalid();
}

function invalid(cause?: unknown): TrunklineError {
  return new TrunklineError(
    "cursor_invalid",
    "This cursor is not one that nextCursor gave; leave it out to start with the newest",
    { cause },
  );
}
