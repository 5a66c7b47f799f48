import type { SearchHit, SearchPage } from "@trunkline/contract";
import { Kysely, sql, SqliteDialect } from "kysely";
import type { SearchIndex } from "../../search/port.ts";
import type { Database } from "../schema.ts";
import { cutMarks, MARK_END, MARK_START } from "./marked-snippet.ts";
import { toMatchExpression } from "./match-expression.ts";
import { openDatabase } from "./open-database.ts";

/** Words of context that a snippet shows. */
const SNIPPET_WORDS = 24;

interface HitRow {
  id: number;
  session_id: string;
  title: string;
  task_id: string | null;
  seq: number;
  type: SearchHit["type"];
  at: number;
  snippet: string;
}

/** Search over the index that store/sqlite/search-index.ts keeps. */
export function createSqliteSearch(path: string): SearchIndex & Disposable {
  const database = openDatabase(path, "read");
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database }) });
  return {
    async search({ ownerId, text, cursor, limit }): Promise<SearchPage> {
      const match = toMatchExpression(ownerId, text);
      if (match === null) return { items: [], nextCursor: null };
      const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor);
      const { rows } = await sql<HitRow>`
        select d.id, d.session_id, s.title, e.task_id, e.seq, e.type, e.at,
               replace(snippet(search, 1, ${MARK_START}, ${MARK_END}, '…', ${sql.lit(SNIPPET_WORDS)}), char(0x200b), '')
                 as snippet
        from search
        join search_documents d on d.id = search.rowid
        join sessions s on s.id = d.session_id
        join events e on e.session_id = d.session_id and e.seq = d.seq
        where search match split_unspaced(${match}) and search.rowid < ${before}
          and s.owner_id = ${ownerId} and s.deleted_at is null
        order by search.rowid desc
        limit ${limit + 1}`.execute(db);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        items: page.map(toHit),
        nextCursor: rows.length > limit && last !== undefined ? String(last.id) : null,
      };
    },
    [Symbol.dispose]: () => void database.close(),
  };
}

function toHit(row: HitRow): SearchHit {
  const { text, matches } = cutMarks(row.snippet);
  return {
    sessionId: row.session_id,
    sessionTitle: row.title,
    taskId: row.task_id,
    seq: row.seq,
    type: row.type,
    at: row.at,
    snippet: text,
    matches,
  };
}
