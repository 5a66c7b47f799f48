import type { SearchHit, SearchPage } from "@trunkline/contract";
import type { Client } from "pg";
import { cutSnippet } from "../../search-snippet.ts";
import { readTerms, type SearchTerm } from "../../search-terms.ts";
import { searchedText } from "../../search-text.ts";
import { firstPlaceOf, phrasesOf, toQuery } from "./lexemes.ts";
import { type DatabaseAddress, withConnection } from "./thread-connection.ts";

export interface SearchRequest extends DatabaseAddress {
  ownerId: string;
  text: string;
  /** Only in this session. */
  sessionId: string | undefined;
  /** Position of the previous page's last hit. */
  before: number | undefined;
  limit: number;
  /** Time limit in ms, after which the page ends with what was found. */
  patienceMs: number;
}

/**
 * Texts in which one query looks for phrases: a millisecond or more each in the worst case (a phrase of 32 words
 * against texts of nothing but these words).
 */
const MAX_CANDIDATES = 1_024;

/** Blocks that one query covers. It starts with one, since what is common is found in the newest. */
const MAX_BLOCKS = 32;

interface HitRow {
  place: number;
  session_id: string;
  title: string;
  task_id: string | null;
  seq: number;
  type: SearchHit["type"];
  at: number;
}

/** Searches the caller's texts, newest first. Runs in a worker process. */
export default async function search(request: SearchRequest): Promise<SearchPage> {
  const terms = readTerms(request.text);
  if (terms.length === 0) return { items: [], nextCursor: null };
  return withConnection(request, async (client) => find(client, request, terms));
}

async function find(
  client: Client,
  request: SearchRequest,
  terms: readonly SearchTerm[],
): Promise<SearchPage> {
  const until = performance.now() + request.patienceMs;
  const own = await placesOf(client, request);
  if (own === undefined) return { items: [], nextCursor: null };
  const items: SearchHit[] = [];
  let newest = Math.min(own.newest, request.before === undefined ? own.newest : request.before - 1);
  let blocks = 1;
  while (newest >= own.oldest) {
    const oldest = Math.max(own.oldest, firstPlaceOf(newest, blocks));
    const { rows, lookedDownTo } = await hitsOf(client, {
      query: toQuery(own.number, { oldest, newest }, terms),
      phrases: phrasesOf(terms),
      ownerNumber: own.number,
      sessionId: request.sessionId ?? null,
      oldest,
      newest,
      limit: request.limit + 1,
    });
    for (const row of rows) {
      if (items.length === request.limit) return { items, nextCursor: String(newest) };
      items.push(toHit(row, await dataOf(client, row), terms));
      // The cursor is the last hit that is shown.
      newest = row.place;
      if (performance.now() > until && newest > own.oldest) return { items, nextCursor: String(newest) };
    }
    newest = lookedDownTo - 1;
    // Where candidates abound, all of a wide range would be collected anew for each thousand of them.
    blocks = lookedDownTo > oldest ? 1 : Math.min(2 * blocks, MAX_BLOCKS);
    if (performance.now() > until && newest >= own.oldest) {
      return { items, nextCursor: String(lookedDownTo) };
    }
  }
  return { items, nextCursor: null };
}

/** The owner's number, and the places to search: all of the owner's, or from the session's first text to its last. */
async function placesOf(client: Client, { ownerId, sessionId }: SearchRequest) {
  const { rows } = await client.query<{ number: number; oldest: number; newest: number }>(
    sessionId === undefined
      ? "select number, oldest, newest from search_owners where owner_id = $1"
      : `select o.number, min(d.place) as oldest, max(d.place) as newest
          from search_owners o join search_documents d on d.owner_number = o.number
          where o.owner_id = $1 and d.session_id = $2 group by o.number`,
    sessionId === undefined ? [ownerId] : [ownerId, sessionId],
  );
  return rows[0];
}

/**
 * The index gives the few texts that contain all words; only these are read.
 * @returns also how far the query looked: of many candidates it examines only the newest.
 */
async function hitsOf(
  client: Client,
  wanted: {
    query: string;
    phrases: readonly string[];
    ownerNumber: number;
    sessionId: string | null;
    oldest: number;
    newest: number;
    limit: number;
  },
): Promise<{ rows: HitRow[]; lookedDownTo: number }> {
  const { query, phrases, ownerNumber, sessionId, oldest, newest, limit } = wanted;
  const contains = phrases.map((_, index) => `and strpos(d.words, $${index + 7}) > 0`).join(" ");
  const { rows } = await client.query<Looked & (HitRow | { place: null })>(
    `with candidates as materialized (
      select place from search_documents
      where lexemes @@ $1::tsquery and owner_number = $2 and place between $3 and $4
        and ($6::text is null or session_id = $6)
      order by place desc limit ${MAX_CANDIDATES}
    ), hits as (
      select d.place, d.session_id, s.title, e.task_id, e.seq, e.type, e.at
      from candidates c
      join search_documents d on d.owner_number = $2 and d.place = c.place ${contains}
      join sessions s on s.id = d.session_id and s.deleted_at is null
      join events e on e.session_id = d.session_id and e.seq = d.seq
      order by d.place desc limit $5
    )
    select looked.candidates, looked.last, hits.*
    from (select count(*) as candidates, min(place) as last from candidates) looked left join hits on true
    order by hits.place desc`,
    [query, ownerNumber, oldest, newest, limit, sessionId, ...phrases],
  );
  const { candidates = 0, last = null } = rows[0] ?? {};
  return {
    rows: rows.filter((row) => row.place !== null),
    lookedDownTo: last === null || candidates < MAX_CANDIDATES ? oldest : last,
  };
}

interface Looked {
  candidates: number;
  /** The oldest candidate's position. */
  last: number | null;
}

/** One at a time: a page of long texts would exceed a thread's memory. */
async function dataOf(client: Client, { session_id, seq }: HitRow): Promise<string | undefined> {
  const { rows } = await client.query<{ data: string }>(
    "select data from events where session_id = $1 and seq = $2",
    [session_id, seq],
  );
  return rows[0]?.data;
}

function toHit(row: HitRow, data: string | undefined, terms: readonly SearchTerm[]): SearchHit {
  return {
    sessionId: row.session_id,
    sessionTitle: row.title,
    taskId: row.task_id,
    seq: row.seq,
    type: row.type,
    at: row.at,
    // Deleted since it was found: each statement sees the current state.
    ...cutSnippet(data === undefined ? "" : searchedText(row.type, data), terms),
  };
}
