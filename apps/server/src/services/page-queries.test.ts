import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isTerminalTaskState, TASK_STATES, type TaskState } from "@trunkline/contract";
import { seededRandom } from "@trunkline/testkit";
import { type CompiledQuery, Kysely, SqliteDialect } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recoverOrphans } from "../runner/recovery.ts";
import { sessionsWithQueuedTasks } from "../runner/queue-head.ts";
import type { Store } from "../store/port.ts";
import type { Database } from "../store/schema.ts";
import { openDatabase } from "../store/sqlite/open-database.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { selectListedSessions } from "./session-query.ts";
import { readDetailTasks, readNewestTasks } from "./task-query.ts";
import type { TaskRow } from "./task-row.ts";

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
    const session = { title: "", agent: "", workspace: "", created_at: 0, updated_at: 0 };
    await store.write([
      ...SESSIONS.map((id, index) =>
        store.db
          .insertInto("sessions")
          .values({ ...session, id, owner_id: OWNERS[index % 2]!, last_seq: 0, next_pos: 1 })
          .compile(),
      ),
      store.db
        .insertInto("tasks")
        .values(rows.map((row) => ({ ...row, attempt: 0, crashes: 0 })))
        .compile(),
    ]);
    return store.db.selectFrom("tasks").selectAll().execute();
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
          const rows = await readNewestTasks(store.db, {
            ownerId: "alice",
            sessionId,
            states,
            beforeId,
            limit: 20,
          });
          expect(rows.map((task) => task.id)).toEqual(expected);
        }
      }
    }
  });

  it("show of a session what runs, what runs next, and what ended last", async () => {
    const all = (await storeTasks()).filter((task) => task.session_id === "s1");
    const unfinished = all.filter((task) => !isTerminalTaskState(task.state));
    const ended = all.filter((task) => isTerminalTaskState(task.state)).map((task) => task.id);
    const shown = await readDetailTasks(store.db, "s1");
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
    const page = { ownerId: "o", sessionId: undefined, states: undefined, beforeId: "x", limit: 10 };
    const listed = { ownerId: "o", archived: false, text: undefined, after: undefined, limit: 10 };
    await selectListedSessions(db, listed).execute();
    await selectListedSessions(db, { ...listed, text: "a", after: { sort: 1, id: "x" } }).execute();
    await selectListedSessions(db, { ...listed, archived: true }).execute();
    await readNewestTasks(db, page);
    await readNewestTasks(db, { ...page, states: ["failed"] });
    await readNewestTasks(db, { ...page, states: ["failed", "working"] });
    await readNewestTasks(db, { ...page, sessionId: "s" });
    await readNewestTasks(db, { ...page, sessionId: "s", states: ["failed", "canceled"] });
    await readDetailTasks(db, "s");
    const plans = queries.flatMap(({ sql, parameters }) =>
      database.prepare(`explain query plan ${sql}`).all(parameters),
    ) as { detail: string }[];
    const details = plans.map(({ detail }) => detail);
    expect(details.length).toBeGreaterThan(10);
    expect(details.filter((detail) => /SCAN (s|tasks|sessions)\b|TEMP B-TREE/.test(detail))).toEqual([]);

    // What a start asks for.
    queries.length = 0;
    await sessionsWithQueuedTasks(db);
    await recoverOrphans({
      store: { db } as Store,
      log: undefined as never,
      approvals: undefined as never,
      now: Date.now,
    });
    await db.selectFrom("sessions").select("id").where("deleted_at", "is not", null).execute();
    const start = queries.flatMap(({ sql, parameters }) =>
      database.prepare(`explain query plan ${sql}`).all(parameters),
    ) as { detail: string }[];
    expect(start.map(({ detail }) => detail).filter((detail) => /INDEX/.test(detail))).toEqual([
      "SEARCH tasks USING INDEX tasks_unfinished (state=?)",
      "SEARCH tasks USING INDEX tasks_unfinished (state=?)",
      "SCAN sessions USING INDEX sessions_hidden",
    ]);
    database.close();
  });
});
