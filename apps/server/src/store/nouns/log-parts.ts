import { type Kysely, sql } from "kysely";
import type { Database } from "../schema.ts";

/**
 * Size of one commit when copying or removing a log: all at once would block everybody else's commits, for minutes with
 * a million events.
 */
const MAX_ROWS = 500;
const MAX_BYTES = 500_000;

/**
 * Splits a log, up to and including `upToSeq`, into small parts.
 * @yields the bounds of each: the events after `after` up to and including `end`. What is removed meanwhile is skipped.
 */
export async function* logParts(
  db: Kysely<Database>,
  sessionId: string,
  upToSeq: number,
): AsyncGenerator<{ after: number; end: number }, void> {
  for (let after = 0; ;) {
    const rows = await db
      .selectFrom("events")
      .select(["seq", sql<number>`octet_length(data)`.as("bytes")])
      .where("session_id", "=", sessionId)
      .where("seq", ">", after)
      .where("seq", "<=", upToSeq)
      .orderBy("seq")
      .limit(MAX_ROWS)
      .execute();
    let bytes = 0;
    const tooMuch = rows.findIndex((row, index) => {
      bytes += row.bytes;
      return index > 0 && bytes > MAX_BYTES;
    });
    const end = (tooMuch === -1 ? rows.at(-1) : rows[tooMuch - 1])?.seq;
    if (end === undefined) return;
    yield { after, end };
    after = end;
  }
}
