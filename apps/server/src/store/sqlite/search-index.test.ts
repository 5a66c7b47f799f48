import { expect, it } from "vitest";
import { randomUUID } from "node:crypto";
import { createVisibleSession, OWNER } from "../testing/session-log.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { openDatabase } from "./open-database.ts";
import type { Store } from "../port.ts";
import { createSqliteSearch } from "./sqlite-search.ts";
import { openSqliteStore } from "./sqlite-store.ts";

it("makes the index of an earlier version anew, with all that the log holds", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  const open = async () =>
    openSqliteStore({
      path,
      now: Date.now,
      onFatal: (error) => {
        throw error;
      },
    });
  const first = await open();
  const sessionId = await createVisibleSession(first);
  const submit = async (store: Store, prompt: string) =>
    store.append(sessionId, [
      { taskId: randomUUID(), type: "task.submitted", data: { prompt, model: null, whenBusy: "enqueue" } },
    ]);
  await submit(first, "before the 数据库");
  await first.close();

  // As 0.1.0 made it.
  const database = openDatabase(path, "write");
  database.exec(`
    drop trigger search_insert; drop trigger search_delete; drop table search; drop view search_texts;
    create view search_texts as select d.id as id, json_extract(e.data, '$.prompt') as text
      from search_documents d join events e on e.session_id = d.session_id and e.seq = d.seq;
    create virtual table search using fts5(text, content = 'search_texts', content_rowid = 'id');
    insert into search (search) values ('rebuild');
    pragma user_version = 0;
  `);
  database.close();

  const second = await open();
  await submit(second, "after the 数据库");
  using search = createSqliteSearch(path);
  const { items } = await search.search({ ownerId: OWNER, text: "数据", limit: 10 });
  expect(items.map((hit) => hit.snippet)).toEqual(["after the 数据库", "before the 数据库"]);
  await second.close();
});
