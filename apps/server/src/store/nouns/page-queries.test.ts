import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isTerminalTaskState, TASK_STATES, type TaskState } from "@trunkline/contract";
import { seededRandom } from "@trunkline/testkit";
import { type CompiledQuery, Kysely, SqliteDialect } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../port.ts";
import type { Database } from "../schema.ts";
import { openDatabase } from "../sqlite/open-database.ts";
import { sqliteDialect } from "../sqlite/sqlite-dialect.ts";
import { openSqliteStore } from "../sqlite/sqlite-store.ts";
import { changeRows, readRows } from "../testing/raw-rows.ts";
import { createSessionStore } from "./sessions.ts";
import type { TaskRow } from "./task-rows.ts";
import { createTaskStore } from "./tasks.ts";

const OWNERS = ["alice", "bob"];
const SESSIONS = ["s1", "s2", "s3"];
const onFatal = (error: Error): never => {
  throw error;
};

describe("queries for pages", () => {
  let directory: string;
  let store: Store;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "trunkline-pages-"));
    store = await openSqliteStore({ path: join(directory, "db"), now: Date.now, onFatal });
  });
  afterEach(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });

  /** @returns the rows of 400 tasks of two owners in three sessions, in all states that a session can have them in. */
  async function storeTasks(): Promise<TaskRow[]> {
    const random = seededRandom(5);
    const active = new Set<string>();
    const rows = Array.from({ length: 400 }, (_, index) => {
      const session = Math.floor(random() * SESSIONS.length);
      const session_id = SESSIONS[session]!;
      let state: TaskState = TASK_STATES[Math.floor(random() * TASK_STATES.length)]!;
      if ((state === "working" || state === "input-required") && active.has(session_id)) state = "completed";
      if (state === "working" || state === "input-required") active.add(session_id);
      return {
        id: `t${String(index).padStart(4, "0")}`,
        session_id,
        owner_id: OWNERS[session % 2]!,
        pos: Math.floor(random() * 1_000),
        state,
        prompt: "x",
        created_at: index,
        ended_at: isTerminalTaskState(state) ? index : null,
      };
    });
    const path = join(directory, "db");
    for (const [index, id] of SESSIONS.entries()) {
      await store.sessions.begin({ id, ownerId: OWNERS[index % 2]!, at: 0, hiddenBy: "node" });
    }
    for (const row of rows) {
      const columns = Object.keys(row);
      changeRows(
        path,
        `insert into tasks (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`,
        ...Object.values(row),
      );
    }
    return readRows<TaskRow>(path, "tasks");
  }

  it("give the newest tasks of a session or an owner, in any states, before any task", async () => {
    const all = await storeTasks();
    const sets: (TaskState[] | undefined)[] = [
      undefined,
      [],
      ["failed"],
      ["submitted", "working"],
      ["completed", "submitted", "completed"],
      [...TASK_STATES],
    ];
    for (const states of sets) {
      for (const sessionId of [undefined, ...SESSIONS]) {
        for (const beforeId of [undefined, "t0200"]) {
          const expected = all
            .filter((task) =>
              sessionId === undefined ? task.owner_id === "alice" : task.session_id === sessionId,
            )
            .filter((task) => states === undefined || states.includes(task.state))
            .filter((task) => beforeId === undefined || task.id < beforeId)
            .map((task) => task.id)
            .toSorted()
            .toReversed()
            .slice(0, 20);
          const found = await store.tasks.page({
            ownerId: "alice",
            limit: 20,
            ...(sessionId !== undefined && { sessionId }),
            ...(states !== undefined && { states }),
            ...(beforeId !== undefined && { beforeId }),
          });
          expect(found.map((task) => task.id)).toEqual(expected);
        }
      }
    }
  });

  it("show of a session what runs, what runs next, and what ended last", async () => {
    const all = (await storeTasks()).filter((task) => task.session_id === "s1");
    const unfinished = all.filter((task) => !isTerminalTaskState(task.state));
    const ended = all.filter((task) => isTerminalTaskState(task.state)).map((task) => task.id);
    const shown = await store.tasks.ofDetail("s1");
    expect(shown).toHaveLength(100);
    const ids = [...unfinished.map((task) => task.id), ...ended.toSorted().slice(unfinished.length - 100)];
    expect(shown.map((task) => task.id)).toEqual(ids.toSorted().toReversed());
  });

  it("read indexes in their order: none looks at all tasks or sessions, and none sorts but a session's few", async () => {
    const database = openDatabase(join(directory, "db"), "read");
    const queries: CompiledQuery[] = [];
    const db = new Kysely<Database>({
      dialect: new SqliteDialect({ database }),
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
      "SEARCH nodes USING INDEX sqlite_autoindex_nodes_1 (id=?) LEFT-JOIN",
      "SEARCH tasks USING INDEX tasks_resuming (resume_at>? AND resume_at<?)",
      "SCAN sessions USING INDEX sessions_hidden",
      "SEARCH nodes USING INDEX sqlite_autoindex_nodes_1 (id=?) LEFT-JOIN",
    ]);
    database.close();
  });
});
