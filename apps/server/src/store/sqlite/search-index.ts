import type Database from "better-sqlite3";
import { SEARCHED_TYPES } from "./search-text.ts";

/**
 * Raise this whenever anything below, or the folding of texts, changes: a database with another number gets a new
 * index.
 */
const VERSION = 3;

/** Position of an owner's first text; texts from before the index count down from here. */
export const FIRST_PLACE = 2 ** 31;

/** A text's id: the owner's number in the upper bits, the text's position in these lower ones. */
export const PLACE_BITS = 32;

/**
 * The full-text index of the embedded store. Triggers maintain it as part of every commit, so no writer can forget it.
 * It contains only whole texts, no pieces: a token costs nothing. It stores only words; texts stay in `events`.
 * (https://sqlite.org/fts5.html, "Contentless-Delete Tables")
 *
 * Texts of one owner are adjacent, in the order they were written: a search reads only the caller's, and where a page
 * ends reveals nothing about others. Prefixes of two letters have lists of their own, because they match so many words.
 *
 * The index of an earlier version is dropped, and its contents are queued in `search_backlog` for search-backfill.ts.
 */
export function ensureSearchIndex(database: Database.Database): void {
  if (database.pragma("user_version", { simple: true }) === VERSION) return;
  const searched = (row: string): string => `${row}.type in ${SEARCHED_TYPES}`;
  database.exec(`
    begin immediate;
    drop trigger if exists search_insert;
    drop trigger if exists search_delete;
    drop table if exists search;
    drop view if exists search_texts;
    create table search_waiting (id integer primary key, session_id text not null, seq integer not null);
    create table if not exists search_backlog (id integer primary key, session_id text not null, seq integer not null);
    create table if not exists search_documents (id integer primary key, session_id text, seq integer);
    insert into search_waiting (session_id, seq) select session_id, seq from search_backlog order by id;
    insert into search_waiting (session_id, seq) select session_id, seq from search_documents order by id;
    drop table search_backlog;
    drop table search_documents;
    drop table if exists search_owners;
    alter table search_waiting rename to search_backlog;
    create table search_owners (
      number integer primary key, owner_id text not null unique, oldest integer not null, newest integer not null
    );
    create table search_documents (
      id integer primary key, session_id text not null, seq integer not null, unique (session_id, seq)
    );
    create virtual table search using fts5(
      words, content = '', contentless_delete = 1, prefix = '2', tokenize = 'ascii'
    );
    create trigger search_insert after insert on events when ${searched("new")} begin
      insert into search_owners (owner_id, oldest, newest)
        select owner_id, ${FIRST_PLACE}, ${FIRST_PLACE} from sessions where id = new.session_id
        on conflict (owner_id) do update set newest = newest + 1;
      insert into search_documents (id, session_id, seq)
        select (o.number << ${PLACE_BITS}) | o.newest, new.session_id, new.seq
        from sessions s join search_owners o on o.owner_id = s.owner_id where s.id = new.session_id;
      insert into search (rowid, words)
        select id, search_words(new.type, new.data) from search_documents
        where session_id = new.session_id and seq = new.seq;
    end;
    create trigger search_delete after delete on events when ${searched("old")} begin
      delete from search
        where rowid = (select id from search_documents where session_id = old.session_id and seq = old.seq);
      delete from search_documents where session_id = old.session_id and seq = old.seq;
    end;
    pragma user_version = ${VERSION};
    commit;
  `);
}
