import type Database from "better-sqlite3";
import { SEARCHED_TYPES } from "./search-text.ts";

/** Raised whenever anything below changes: a database with another number gets its index made anew. */
const VERSION = 2;

/**
 * The full-text index of the embedded store: triggers keep it in step, so it is part of every commit, and no writer can
 * forget it. Only wholes are in it, no pieces: a token costs it nothing. The text stays in `events` alone: the index
 * reads it back through a view when it cuts a snippet. (https://sqlite.org/fts5.html, "External content tables")
 *
 * The owner is a column of its own, so that a search looks at the caller's texts and steps over everybody else's.
 * Beginnings of two letters have lists of their own, because there are too many words that they begin.
 */
export function ensureSearchIndex(database: Database.Database): void {
  if (database.pragma("user_version", { simple: true }) === VERSION) return;

  const textOf = (row: string): string => `search_text(${row}.type, ${row}.data)`;
  const ownerOf = (row: string): string =>
    `(select replace(owner_id, '-', '') from sessions where id = ${row}.session_id)`;
  const searched = (row: string): string => `${row}.type in ${SEARCHED_TYPES}`;
  const documentOf = (row: string): string =>
    `(select id from search_documents where session_id = ${row}.session_id and seq = ${row}.seq)`;

  database.exec(`
    begin immediate;
    drop trigger if exists search_insert;
    drop trigger if exists search_delete;
    drop table if exists search;
    drop view if exists search_texts;
    create table if not exists search_documents (
      id integer primary key, session_id text not null, seq integer not null, unique (session_id, seq)
    );
    create view search_texts as
      select d.id as id, ${ownerOf("e")} as owner, ${textOf("e")} as text
      from search_documents d join events e on e.session_id = d.session_id and e.seq = d.seq;
    create virtual table search using fts5(
      owner, text, content = 'search_texts', content_rowid = 'id', columnsize = 0, prefix = '2',
      tokenize = 'unicode61 remove_diacritics 2'
    );
    create trigger search_insert after insert on events when ${searched("new")} begin
      insert into search_documents (session_id, seq) values (new.session_id, new.seq);
      insert into search (rowid, owner, text) values (last_insert_rowid(), ${ownerOf("new")}, ${textOf("new")});
    end;
    create trigger search_delete before delete on events when ${searched("old")} begin
      insert into search (search, rowid, owner, text)
        values ('delete', ${documentOf("old")}, ${ownerOf("old")}, ${textOf("old")});
      delete from search_documents where session_id = old.session_id and seq = old.seq;
    end;
    insert into search (search) values ('rebuild');
    pragma user_version = ${VERSION};
    commit;
  `);
}
