import type Database from "better-sqlite3";

/**
 * The full-text index of the embedded store: triggers keep it in step, so it is part of every commit, and no writer can
 * forget it. The text stays in `events` alone: the index reads it back through a view when it cuts a snippet.
 * (https://sqlite.org/fts5.html, "External content tables")
 */
export function ensureSearchIndex(database: Database.Database): void {
  const textOf = (row: string): string => `
    case ${row}.type
      when 'task.submitted' then json_extract(${row}.data, '$.prompt')
      when 'text.ended' then json_extract(${row}.data, '$.text')
      when 'tool.called' then json_extract(${row}.data, '$.tool') || ' ' || json_extract(${row}.data, '$.input')
      when 'tool.ended' then json_extract(${row}.data, '$.output')
    end`;
  const searched = (row: string): string =>
    `${row}.type in ('task.submitted', 'text.ended', 'tool.called', 'tool.ended')`;

  database.exec(`
    begin;
    create table if not exists search_documents (
      id integer primary key, session_id text not null, seq integer not null, unique (session_id, seq)
    );
    create view if not exists search_texts as
      select d.id as id, ${textOf("e")} as text
      from search_documents d join events e on e.session_id = d.session_id and e.seq = d.seq;
    create virtual table if not exists search using fts5(
      text, content = 'search_texts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
    );
    create trigger if not exists search_insert after insert on events when ${searched("new")} begin
      insert into search_documents (session_id, seq) values (new.session_id, new.seq);
      insert into search (rowid, text) values (
        (select id from search_documents where session_id = new.session_id and seq = new.seq), ${textOf("new")}
      );
    end;
    create trigger if not exists search_delete before delete on events when ${searched("old")} begin
      insert into search (search, rowid, text) values (
        'delete', (select id from search_documents where session_id = old.session_id and seq = old.seq), ${textOf("old")}
      );
      delete from search_documents where session_id = old.session_id and seq = old.seq;
    end;
    commit;
  `);
}
