import { PostgresServer } from "@trunkline/testkit";
import { type CompiledQuery, Kysely, PostgresDialect } from "kysely";
import { Client, Pool } from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createNouns } from "../nouns/nouns.ts";
import { describePages } from "../nouns/page-conformance.ts";
import type { Store } from "../port.ts";
import type { Database } from "../schema.ts";
import { connectionConfig, NO_LIMITS } from "./connection-config.ts";
import { postgresDialect } from "./postgres-dialect.ts";
import { openPostgresStore } from "./postgres-store.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function open(url: string): Promise<Store> {
  return openPostgresStore({ url, node: "test", now: Date.now, logger: pino({ level: "silent" }) });
}

describePages("PostgreSQL", async () => {
  const url = await server.createDatabase();
  return {
    open: async () => open(url),
    async insertTasks(tasks) {
      const columns = Object.keys(tasks[0] ?? {}).join(", ");
      const client = new Client(connectionConfig(url, "test", NO_LIMITS));
      await client.connect();
      await client.query(
        `insert into tasks (${columns}) select ${columns} from json_populate_recordset(null::tasks, $1::json)`,
        [JSON.stringify(tasks)],
      );
      await client.end();
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
});

it("pages read indexes in their order: none looks at all tasks, sessions or events", async () => {
  const url = await server.createDatabase();
  await (await open(url)).close();
  await server.sql(GROWN, new URL(url).pathname.slice(1));
  const config = connectionConfig(url, "test", NO_LIMITS);
  const pool = new Pool(config);
  const queries: CompiledQuery[] = [];
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    log: (event) => void queries.push(event.query),
  });
  const nothing = async () => Promise.reject(new Error("only read here"));
  const { sessions, tasks, approvals, events } = createNouns({
    db,
    write: nothing,
    dialect: postgresDialect,
    insertLog: nothing,
  });
  const page = { ownerId: "o1", beforeId: "t00015000", limit: 10 };
  const listed = { ownerId: "o1", archived: false, limit: 10 };
  await sessions.page(listed);
  await sessions.page({ ...listed, text: "a", after: { sort: 1_000, id: "x" } });
  await sessions.page({ ...listed, archived: true });
  await sessions.find("o1", "s5");
  await sessions.several("o1", ["s5", "s6"]);
  await sessions.abandoned();
  await tasks.page(page);
  await tasks.page({ ...page, states: ["failed"] });
  await tasks.page({ ...page, states: ["failed", "working"] });
  await tasks.page({ ...page, sessionId: "s7" });
  await tasks.page({ ...page, sessionId: "s7", states: ["failed", "canceled"] });
  await tasks.ofDetail("s7");
  await tasks.head("s7", 0);
  await tasks.waitingSessions();
  await tasks.startable({ after: undefined, limit: 10 });
  await tasks.orphans();
  await tasks.resumable(1);
  await approvals.open({ ownerId: "o1", limit: 10 });
  await approvals.due(1, 10);
  await events.page("s7", { after: 3, limit: 10 });
  await events.last("s7", ["notice"]);

  const client = await pool.connect();
  const scans: string[] = [];
  for (const { sql, parameters } of queries) {
    const { rows } = await client.query<{ "QUERY PLAN": string }>(`explain ${sql}`, [...parameters]);
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    if (/Seq Scan on (sessions|tasks|approvals|events)|Hash Join|Merge Join/.test(plan))
      scans.push(`${sql}\n${plan}`);
  }
  expect(queries.length).toBeGreaterThanOrEqual(20);
  expect(scans).toEqual([]);
  client.release();
  await pool.end();
});

/** Large enough for the planner to have something to choose. */
const GROWN = `
  set search_path = trunkline;
  insert into sessions (id, owner_id, title, agent, workspace, created_at, updated_at, last_seq, archived_at, deleted_at)
    select 's' || i, 'o' || i % 3, 't', 'a', 'w', i, i, 5, case when i % 10 = 0 then i end, case when i % 500 = 7 then i end
    from generate_series(1, 3000) i;
  insert into tasks (id, session_id, owner_id, pos, state, prompt, created_at, started_at, ended_at)
    select 't' || lpad(i::text, 8, '0'), 's' || i % 3000 + 1, 'o' || (i % 3000 + 1) % 3, i,
      case when i % 3000 < 10 and i > 27000 then 'submitted'
        else (array['completed', 'failed', 'canceled', 'rejected'])[1 + i % 4] end,
      'p', i, i, case when i % 3000 < 10 and i > 27000 then null else i end
    from generate_series(1, 30000) i;
  insert into approvals (id, session_id, task_id, owner_id, call_id, state, request, created_at, expires_at)
    select 'a' || i, 's' || i % 3000 + 1, 't', 'o' || (i % 3000 + 1) % 3, 'c',
      case when i % 500 = 0 then 'open' else 'allow' end, '{}', i, i
    from generate_series(1, 10000) i;
  insert into events (session_id, seq, type, at, data)
    select 's' || s, q, 'notice', 1, '{}' from generate_series(1, 3000) s, generate_series(1, 5) q;
  analyze`;
