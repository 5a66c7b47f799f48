import { type CompiledQuery, Kysely } from "kysely";
import { expect, it } from "vitest";
import { describePages } from "../nouns/page-conformance.ts";
import { createSessionStore } from "../nouns/sessions.ts";
import { createTaskStore } from "../nouns/tasks.ts";
import type { Database } from "../schema.ts";
import { changeRows } from "../testing/raw-rows.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { openDatabase } from "./open-database.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { StablePlanDialect } from "./stable-plan-dialect.ts";

const onFatal = (error: Error): never => {
  throw error;
};

describePages("SQLite", async () => {
  const directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  return {
    open: async () => openSqliteStore({ path, now: Date.now, onFatal }),
    async insertTasks(tasks) {
      for (const task of tasks) {
        const columns = Object.keys(task);
        const marks = columns.map(() => "?").join(", ");
        changeRows(
          path,
          `insert into tasks (${columns.join(", ")}) values (${marks})`,
          ...Object.values(task),
        );
      }
    },
    [Symbol.asyncDispose]: async () => directory[Symbol.asyncDispose](),
  };
});

it("pages read indexes in their order: none looks at all tasks or sessions, and none sorts but a session's few", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  await (await openSqliteStore({ path, now: Date.now, onFatal })).close();
  const database = openDatabase(path, "read");
  const queries: CompiledQuery[] = [];
  const db = new Kysely<Database>({
    dialect: new StablePlanDialect({ database }),
    log: (event) => void queries.push(event.query),
  });
  const tasks = createTaskStore(db, sqliteDialect);
  const sessions = createSessionStore(db, () => Promise.reject(new Error("only read here")), sqliteDialect);
  const page = { ownerId: "o", beforeId: "x", limit: 10 };
  const listed = { ownerId: "o", archived: false, limit: 10 };
  await sessions.page(listed);
  await sessions.page({ ...listed, text: "a", after: { sort: 1, id: "x" } });
  await sessions.page({ ...listed, archived: true });
  await tasks.page(page);
  await tasks.page({ ...page, states: ["failed"] });
  await tasks.page({ ...page, states: ["failed", "working"] });
  await tasks.page({ ...page, sessionId: "s" });
  await tasks.page({ ...page, sessionId: "s", states: ["failed", "canceled"] });
  await tasks.ofDetail("s");
  const plans = queries.flatMap(({ sql, parameters }) =>
    database.prepare(`explain query plan ${sql}`).all(parameters),
  ) as { detail: string }[];
  const details = plans.map(({ detail }) => detail);
  expect(details.length).toBeGreaterThan(10);
  // Not even for those that ended in the same millisecond: a document may have any number of them.
  expect(details.filter((detail) => /SCAN (s|tasks|sessions)\b|TEMP B-TREE/.test(detail))).toEqual([]);

  // What a start asks for.
  queries.length = 0;
  await tasks.waitingSessions();
  await tasks.startable({ after: undefined, limit: 10 });
  await tasks.orphans();
  await tasks.resumable(1);
  await sessions.abandoned();
  const start = queries.flatMap(({ sql, parameters }) =>
    database.prepare(`explain query plan ${sql}`).all(parameters),
  ) as { detail: string }[];
  expect(start.map(({ detail }) => detail).filter((detail) => /INDEX/.test(detail))).toEqual([
    "SEARCH tasks USING INDEX tasks_unfinished (state=?)",
    "SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 (id=?)",
    "SEARCH tasks USING INDEX tasks_unfinished (state=?)",
    "SEARCH active USING COVERING INDEX tasks_by_session (session_id=? AND state=?)",
    "SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 (id=?)",
    "SEARCH tasks USING INDEX tasks_unfinished (state=?)",
    "SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 (id=?)",
    "SEARCH nodes USING INDEX sqlite_autoindex_nodes_1 (id=?) LEFT-JOIN",
    "SEARCH tasks USING INDEX tasks_resuming (resume_at>? AND resume_at<?)",
    "SCAN sessions USING INDEX sessions_hidden",
    "SEARCH nodes USING INDEX sqlite_autoindex_nodes_1 (id=?) LEFT-JOIN",
  ]);
  database.close();
});
