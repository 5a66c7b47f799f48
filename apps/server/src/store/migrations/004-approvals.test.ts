import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { expect, it } from "vitest";
import * as initial from "./001-initial.ts";
import * as approvals from "./004-approvals.ts";

it("knows the logs of earlier versions that came from elsewhere by what started in them", async () => {
  const database = new Database(":memory:");
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
  await initial.up(db);
  const addSession = database.prepare(
    "insert into sessions (id, owner_id, title, agent, workspace, created_at, updated_at) values (?, 'o', '', '', '', 1, 1)",
  );
  const addEvent = database.prepare(
    "insert into events (session_id, seq, attempt, type, at, data) values (?, ?, ?, ?, 1, '{}')",
  );
  for (const id of ["own", "imported", "empty"]) addSession.run(id);
  addEvent.run("own", 1, null, "task.submitted");
  addEvent.run("own", 2, 1, "task.started");
  addEvent.run("imported", 1, null, "task.started");
  addEvent.run("imported", 2, null, "task.started");
  addEvent.run("imported", 3, 1, "task.started");

  await approvals.up(db);
  expect(database.prepare("select id, imported_seq from sessions order by id").all()).toEqual([
    { id: "empty", imported_seq: 0 },
    { id: "imported", imported_seq: 2 },
    { id: "own", imported_seq: 0 },
  ]);
  await db.destroy();
});
