import type { Client } from "pg";
import { indexedWords, searchedText } from "../../search-text.ts";
import { joinWords, lexemesOf } from "./lexemes.ts";

export interface TextPlace {
  sessionId: string;
  seq: number;
}

/** Position of an owner's first text; texts from before the index count down from here. */
const FIRST_PLACE = 2 ** 31;

/**
 * Adds texts to the index, as their owners' newest or, for texts from before the index, oldest. Skips what is already
 * there and what belongs to deleted sessions.
 * @param also runs in the same transaction.
 */
export async function indexTexts(
  client: Client,
  places: readonly TextPlace[],
  options: { asOldest?: boolean; also?: () => Promise<unknown> } = {},
): Promise<void> {
  const texts = await readWords(client, places);
  const grouped = Map.groupBy(texts, ({ ownerId }) => ownerId);
  await client.query("begin");
  // In one order, so that two nodes doing the same do not deadlock.
  for (const ownerId of [...grouped.keys()].toSorted()) {
    await store(client, ownerId, grouped.get(ownerId) ?? [], options.asOldest ?? false);
  }
  await options.also?.();
  await client.query("commit");
}

interface Text extends TextPlace {
  ownerId: string;
  words: string[];
}

/** One text in memory at a time: only its words are kept. */
async function readWords(client: Client, places: readonly TextPlace[]): Promise<Text[]> {
  const texts: Text[] = [];
  for (const { sessionId, seq } of places) {
    const { rows } = await client.query<{ ownerId: string; type: string; data: string }>(
      `select s.owner_id as "ownerId", e.type, e.data from events e join sessions s on s.id = e.session_id
      where e.session_id = $1 and e.seq = $2 and s.deleted_at is null`,
      [sessionId, seq],
    );
    const [row] = rows;
    if (row === undefined) continue;
    texts.push({
      sessionId,
      seq,
      ownerId: row.ownerId,
      words: indexedWords(searchedText(row.type, row.data)),
    });
  }
  return texts;
}

async function store(
  client: Client,
  ownerId: string,
  texts: readonly Text[],
  asOldest: boolean,
): Promise<void> {
  const { number, first } = await takePlaces(client, ownerId, texts.length, asOldest);
  const placed = texts.map((text, index) => ({ ...text, place: asOldest ? first - index : first + index }));
  await client.query(
    `insert into search_documents (owner_number, place, session_id, seq, words, lexemes)
    select $1, v.place, v.session_id, v.seq, v.words, array_to_tsvector(string_to_array(v.lexemes, ' '))
    from unnest($2::int8[], $3::text[], $4::int8[], $5::text[], $6::text[]) as v (place, session_id, seq, words, lexemes)
    where exists (select from sessions s where s.id = v.session_id and s.deleted_at is null)
    on conflict (session_id, seq) do nothing`,
    [
      number,
      placed.map(({ place }) => place),
      placed.map(({ sessionId }) => sessionId),
      placed.map(({ seq }) => seq),
      placed.map(({ words }) => joinWords(words)),
      placed.map(({ place, words }) => lexemesOf(number, place, words).join(" ")),
    ],
  );
}

/** @returns the owner's number, and the first of this many positions. */
async function takePlaces(
  client: Client,
  ownerId: string,
  count: number,
  asOldest: boolean,
): Promise<{ number: number; first: number }> {
  const { rows } = await client.query<{ number: number; oldest: number; newest: number }>(
    `insert into search_owners as o (owner_id, oldest, newest) values ($1, $2, $3)
    on conflict (owner_id) do update set oldest = o.oldest - $4, newest = o.newest + $5
    returning number, oldest, newest`,
    asOldest
      ? [ownerId, FIRST_PLACE - count, FIRST_PLACE - 1, count, 0]
      : [ownerId, FIRST_PLACE, FIRST_PLACE + count - 1, 0, count],
  );
  const [row] = rows;
  if (row === undefined) throw new Error("an upsert returned no row");
  return { number: row.number, first: asOldest ? row.oldest + count - 1 : row.newest - count + 1 };
}
