import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createCompute } from "../../compute/pool.ts";
import type { Compute } from "../../compute/port.ts";
import type { Store } from "../port.ts";
import { createVisibleSession, OWNER } from "../testing/session-log.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { openDatabase } from "./open-database.ts";
import { createSqliteSearch } from "./sqlite-search.ts";
import { openSqliteStore } from "./sqlite-store.ts";

describe("the index of an earlier version", () => {
  let directory: TemporaryDirectory;
  let path: string;
  let compute: Compute;
  let store: Store;

  const open = async () =>
    openSqliteStore({
      path,
      now: Date.now,
      onFatal: (error) => {
        throw error;
      },
    });
  const submit = async (sessionId: string, prompt: string) =>
    store.append(sessionId, [
      { taskId: randomUUID(), type: "task.submitted", data: { prompt, model: null, whenBusy: "enqueue" } },
    ]);
  const find = async (text: string): Promise<string[]> => {
    const page = await createSqliteSearch({ path, compute }).search({ ownerId: OWNER, text, limit: 100 });
    return page.items.map(({ snippet }) => snippet);
  };

  /** The database as 0.1.0 left it. */
  function makeOld(): void {
    const database = openDatabase(path, "write");
    database.exec(`
      drop trigger search_insert; drop trigger search_delete; drop table search; drop table search_owners;
      drop table search_backlog; drop table search_documents;
      create table search_documents (
        id integer primary key, session_id text not null, seq integer not null, unique (session_id, seq)
      );
      insert into search_documents (session_id, seq) select session_id, seq from events where type = 'task.submitted' order by seq;
      create view search_texts as select d.id as id, 'owner' as owner, search_text(e.type, e.data) as text
        from search_documents d join events e on e.session_id = d.session_id and e.seq = d.seq;
      create virtual table search using fts5(
        owner, text, content = 'search_texts', content_rowid = 'id', columnsize = 0, prefix = '2',
        tokenize = 'unicode61 remove_diacritics 2'
      );
      create trigger search_insert after insert on events when new.type = 'task.submitted' begin
        insert into search (rowid, owner, text) values (last_insert_rowid(), 'owner', search_text(new.type, new.data));
      end;
      create trigger search_delete before delete on events when old.type = 'task.submitted' begin
        delete from search_documents where session_id = old.session_id and seq = old.seq;
      end;
      pragma user_version = 2;
    `);
    database.close();
  }

  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
    path = directory.join("db");
    compute = createCompute({ logger: pino({ level: "silent" }) });
    store = await open();
  });
  afterEach(async () => {
    await compute.close();
    await store.close();
    await directory[Symbol.asyncDispose]();
  });

  it("is made anew while the server runs, with all that the log holds, in the order it was written", async () => {
    const sessionId = await createVisibleSession(store);
    for (let index = 0; index < 250; index++) await submit(sessionId, `before ${index} das Straßenfest`);
    await store.close();
    makeOld();

    store = await open();
    await submit(sessionId, "after das Straßenfest");
    await vi.waitFor(async () => expect(await find('"before 0"')).toHaveLength(1), { timeout: 60_000 });
    expect(await find("STRASSENFEST")).toEqual([
      "after das Straßenfest",
      ...Array.from({ length: 99 }, (_, index) => `before ${249 - index} das Straßenfest`),
    ]);
  });

  it("does not keep what is deleted before its turn comes", async () => {
    const sessionId = await createVisibleSession(store);
    await submit(sessionId, "to be deleted");
    await submit(sessionId, "to be kept");
    await store.close();
    makeOld();
    const database = openDatabase(path, "write");
    database.exec(
      "drop trigger search_delete; delete from events where json_extract(data, '$.prompt') like '%deleted'",
    );
    database.close();

    store = await open();
    await vi.waitFor(async () => expect(await find("to be")).toEqual(["to be kept"]), { timeout: 60_000 });
    const after = openDatabase(path, "read");
    await vi.waitFor(() => expect(after.prepare("select 1 from search_backlog").all()).toEqual([]), 60_000);
    expect(after.prepare("select count(*) from search_documents").pluck().get()).toBe(1);
    after.close();
  });
});
