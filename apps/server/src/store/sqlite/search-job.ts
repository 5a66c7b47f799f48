import type { SearchHit, SearchPage } from "@trunkline/contract";
import type Database from "better-sqlite3";
import { cutSnippet } from "../search-snippet.ts";
import { searchedText } from "../search-text.ts";
import { readTerms, type SearchTerm } from "../search-terms.ts";
import { openDatabase } from "./open-database.ts";
import { PLACE_BITS } from "./search-index.ts";

export interface SearchRequest {
  /** The database file. */
  path: string;
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
 * Maximum texts of the owner per query. A query can't be interrupted, and takes up to three milliseconds per text (a
 * phrase of 32 words against texts of nothing but these words).
 */
const TEXTS_PER_QUERY = 1_024n;

interface HitRow {
  id: number;
  session_id: string;
  title: string;
  task_id: string | null;
  seq: number;
  type: SearchHit["type"];
  at: number;
}

interface Connection {
  path: string;
  database: Database.Database;
  owner: Database.Statement<[string], { number: bigint; oldest: bigint; newest: bigint }>;
  /** Ids of a session's oldest and newest text; nulls if it has none. */
  ofSession: Database.Statement<[string], { oldest: bigint | null; newest: bigint | null }>;
  hits: Database.Statement<[string, bigint, bigint, string | null, number], HitRow>;
  /** One at a time: a page of long texts would exceed a thread's memory. */
  data: Database.Statement<[string, number], string>;
}

/** Stays open until its thread ends, soon after the last search. */
let open: Connection | undefined;

/** Searches the caller's texts, newest first. Runs in a worker process. */
export default function search(request: SearchRequest): SearchPage {
  const terms = readTerms(request.text);
  if (terms.length === 0) return { items: [], nextCursor: null };
  const until = performance.now() + request.patienceMs;
  const connection = connect(request.path);
  const { hits, data } = connection;
  const own = placesOf(connection, request);
  if (own === undefined) return { items: [], nextCursor: null };

  const expression = toExpression(terms);
  const base = own.number << BigInt(PLACE_BITS);
  const items: SearchHit[] = [];
  let newest = request.before === undefined ? own.newest : BigInt(request.before) - 1n;
  if (newest > own.newest) newest = own.newest;
  while (newest >= own.oldest) {
    const oldest = newest - TEXTS_PER_QUERY + 1n;
    const rows = hits.all(
      expression,
      base | (oldest > own.oldest ? oldest : own.oldest),
      base | newest,
      request.sessionId ?? null,
      request.limit + 1,
    );
    for (const row of rows) {
      if (items.length === request.limit) return { items, nextCursor: String(newest) };
      items.push(toHit(row, data.get(row.session_id, row.seq), terms));
      // The cursor is the last hit shown.
      newest = BigInt(row.id) - base;
      if (performance.now() > until && newest > own.oldest) return { items, nextCursor: String(newest) };
    }
    newest = oldest - 1n;
    if (performance.now() > until && newest >= own.oldest) return { items, nextCursor: String(newest + 1n) };
  }
  return { items, nextCursor: null };
}

/** The owner's number, and the places to search: all of the owner's, or from the session's first text to its last. */
function placesOf(
  { owner, ofSession }: Connection,
  { ownerId, sessionId }: SearchRequest,
): { number: bigint; oldest: bigint; newest: bigint } | undefined {
  const own = owner.get(ownerId);
  if (own === undefined || sessionId === undefined) return own;
  const { oldest, newest } = ofSession.get(sessionId) ?? { oldest: null, newest: null };
  const first = own.number << BigInt(PLACE_BITS);
  // Another owner's session has ids outside of the owner's.
  if (oldest === null || newest === null || oldest >> BigInt(PLACE_BITS) !== own.number) return undefined;
  return { number: own.number, oldest: oldest - first, newest: newest - first };
}

function connect(path: string): Connection {
  if (open?.path === path) return open;
  open?.database.close();
  const database = openDatabase(path, "read");
  open = {
    path,
    database,
    owner: database
      .prepare<[string], { number: bigint; oldest: bigint; newest: bigint }>(
        "select number, oldest, newest from search_owners where owner_id = ?",
      )
      .safeIntegers(),
    ofSession: database
      .prepare<[string], { oldest: bigint | null; newest: bigint | null }>(
        "select min(id) as oldest, max(id) as newest from search_documents where session_id = ?",
      )
      .safeIntegers(),
    hits: database.prepare(`
      select d.id, d.session_id, s.title, e.task_id, e.seq, e.type, e.at
      from search
      join search_documents d on d.id = search.rowid
      join sessions s on s.id = d.session_id and s.deleted_at is null
      join events e on e.session_id = d.session_id and e.seq = d.seq
      where search match ? and search.rowid between ? and ?
        and d.session_id = coalesce(?, d.session_id)
      order by search.rowid desc
      limit ?`),
    data: database
      .prepare<[string, number], string>("select data from events where session_id = ? and seq = ?")
      .pluck(),
  };
  return open;
}

/** Each term is quoted, so FTS5's operators are just words. (https://sqlite.org/fts5.html, "FTS5 Strings") */
function toExpression(terms: readonly SearchTerm[]): string {
  return terms.map(({ words, isBeginning }) => `"${words.join(" ")}"${isBeginning ? "*" : ""}`).join(" ");
}

function toHit(
  { session_id, title, task_id, seq, type, at }: HitRow,
  data: string | undefined,
  terms: readonly SearchTerm[],
): SearchHit {
  return {
    sessionId: session_id,
    sessionTitle: title,
    taskId: task_id,
    seq,
    type,
    at,
    // Deleted since it was found: each statement sees the current state.
    ...cutSnippet(data === undefined ? "" : searchedText(type, data), terms),
  };
}
