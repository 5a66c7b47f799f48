import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { createClient } from "@trunkline/client";
import type {
  AuditEntry,
  Blob,
  Changes,
  Project,
  SessionDetail,
  SessionEvent,
  Token,
  User,
} from "@trunkline/contract";
import { followTask } from "@trunkline/client";
import { FakeProvider, PostgresServer, readLog, ServerFixture } from "@trunkline/testkit";
import { Kysely, PostgresDialect, type PostgresPoolClient } from "kysely";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyRows } from "./backup/backup.ts";
import { redirectBorrowing } from "./backup/redirect-borrowing.ts";
import { migrateToLatest } from "./migrate.ts";
import { SCHEMA } from "./postgres/connection-config.ts";
import { POSTGRES_MIGRATIONS } from "./postgres/postgres-migrations.ts";
import { databasePath } from "./sqlite/database-path.ts";
import { MigrationDialect } from "./sqlite/migrate-database.ts";
import { openDatabase } from "./sqlite/open-database.ts";
import { SQLITE_MIGRATIONS } from "./sqlite/sqlite-migrations.ts";
import { moveTimes, moveTimesOfRows, sinceRecorded } from "./testing/recorded-times.ts";
import { TemporaryDirectory } from "./testing/temporary-directory.ts";

/**
 * Data directories and a dump of the version of commit 17406ce, and what it showed of them: tasks of every state, an approval and a
 * question that wait, a queue, a fork, an import, an archived session, one in a project with a published patch, attachments,
 * checkpoints, users, tokens, the audit trail.
 */
const FIXTURE = fileURLToPath(new URL("testing/from-17406ce/", import.meta.url));
/** The newest migration that it knew. */
const ITS_LAST = "011-projects";
const ITS_LAST_OF_POSTGRES = "006-projects";
const PROGRAM = fileURLToPath(new URL("testing/upgrading-process.ts", import.meta.url));
const run = promisify(execFile);

interface Shown {
  detail: SessionDetail;
  events: SessionEvent[];
}

interface Views {
  sessions: Shown[];
  others: Shown[];
  /** Of the session that wrote a file. */
  changes: Changes;
  blob: Blob;
  tokens: { local: string; alice: string };
  users: User[];
  projects: Project[];
  audit: AuditEntry[];
  tokenList: Token[];
}

type Engine = "sqlite" | "postgres";

const unpacked = async (name: string): Promise<string> =>
  gunzipSync(await readFile(join(FIXTURE, name))).toString("utf8");
/** As if it had all happened a minute ago: what waited for an answer would have expired by now. */
async function viewsOf(engine: Engine): Promise<{ views: Views; movedMs: number }> {
  const text = await unpacked(`${engine}-views.json.gz`);
  const { sessions } = JSON.parse(text) as Views;
  const movedMs = sinceRecorded(Math.max(...sessions.map(({ detail }) => detail.session.updatedAt)));
  return { views: JSON.parse(moveTimes(text, movedMs)) as Views, movedMs };
}
async function unpackData(engine: Engine, to: string, movedMs = 0): Promise<void> {
  await run("tar", ["-xzf", join(FIXTURE, `${engine}-data.tar.gz`), "-C", to]);
  await redirectBorrowing(to, to);
  if (engine === "postgres" || movedMs === 0) return;
  const database = openDatabase(databasePath(to), "write");
  moveTimesOfRows(database, movedMs);
  database.close();
}

let postgres: PostgresServer;
let provider: FakeProvider;
beforeAll(async () => {
  [postgres, provider] = await Promise.all([PostgresServer.start(), FakeProvider.start()]);
});
afterAll(async () => {
  await provider[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});

async function loadDump(movedMs: number): Promise<string> {
  const url = await postgres.createDatabase();
  // Of later versions of pg_dump; nothing that PostgreSQL's protocol takes.
  const text = (await unpacked("postgres.sql.gz")).replaceAll(/^\\.*$/gm, "");
  await postgres.sql(moveTimes(text, movedMs), new URL(url).pathname.slice(1));
  return url;
}

/** What it showed is a part of what is shown now. */
async function expectShown(client: ServerFixture["client"], { detail, events }: Shown, dataDir: string) {
  const { id } = detail.session;
  const now = await client.session.get.query({ sessionId: id });
  expect(now.session).toMatchObject({ ...detail.session, workspace: join(dataDir, "workspaces", id) });
  expect(now.tasks).toHaveLength(detail.tasks.length);
  for (const [index, task] of detail.tasks.entries()) expect(now.tasks[index]).toMatchObject(task);
  expect(now.approvals).toMatchObject(detail.approvals);
  expect(now.questions).toMatchObject(detail.questions);
  expect(await readLog(client, id)).toEqual(events);
}

describe.each<Engine>(["sqlite", "postgres"])("a store of 17406ce: %s", (engine) => {
  it("shows the same sessions, tasks, requests, texts and files, and goes on", async () => {
    const { views, movedMs } = await viewsOf(engine);
    await using directory = await TemporaryDirectory.create();
    const dataDir = directory.path;
    await unpackData(engine, dataDir, movedMs);
    const databaseUrl = engine === "postgres" ? await loadDump(movedMs) : undefined;
    await using server = await ServerFixture.start({ dataDir, databaseUrl, env: provider.serverEnv });
    const { client } = server;
    expect(server.token).toBe(views.tokens.local);
    // The tests' password is a word.
    expect(server.logs.includes("the password in TRUNKLINE_DATABASE_URL is short")).toBe(
      engine === "postgres",
    );
    for (const shown of views.sessions) await expectShown(client, shown, dataDir);
    const alice = createClient({ url: server.url, token: views.tokens.alice });
    for (const shown of views.others) await expectShown(alice, shown, dataDir);

    expect((await client.user.list.query({})).items).toMatchObject(views.users);
    expect((await client.project.list.query({})).items).toMatchObject(views.projects);
    expect((await client.token.list.query({})).items).toMatchObject(
      // Used since.
      views.tokenList.map(({ lastUsedAt: _, ...token }) => token),
    );
    const audit = (await client.audit.list.query({ limit: 100 })).items;
    expect(audit.filter(({ id }) => views.audit.some((entry) => entry.id === id))).toEqual(views.audit);
    const { sha256 } = views.blob;
    const bytes = await fetch(`${server.url}/api/blobs/${sha256}`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    expect(await bytes.text()).toBe("attached bytes");

    const titled = (title: string) =>
      views.sessions.find(({ detail }) => detail.session.title === title)!.detail;
    // The one that wrote it, and the import of that, which has no files.
    const twice = views.sessions.filter(({ detail }) => detail.session.title === "think: I should look");
    const changes = twice.map(async ({ detail }) =>
      client.session.changes.query({ sessionId: detail.session.id, fromSeq: 1 }),
    );
    expect(await Promise.all(changes)).toContainEqual(
      expect.objectContaining({ files: views.changes.files }),
    );
    const inProject = titled("In a project").session;
    const diff = await client.session.diff.query({ sessionId: inProject.id, path: "readme.md" });
    expect(JSON.stringify(diff)).toContain("more");
    const patch = await fetch(`${server.url}/api/sessions/${inProject.id}/patch`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    expect(await patch.text()).toContain("+more");
    expect(await verifyRows({ dataDir, databaseUrl })).toMatchObject({ differing: 0 });

    // The awaited answers, then the queue, in its order.
    const waiting = views.sessions.find(({ detail }) => detail.approvals.length > 0)!.detail;
    const asking = views.sessions.find(({ detail }) => detail.questions.length > 0)!.detail;
    await client.approval.answer.mutate({ approvalId: waiting.approvals[0]!.id, decision: "deny" });
    await client.question.answer.mutate({
      questionId: asking.questions[0]!.id,
      answer: { text: "b" },
    });
    const queue = waiting.tasks
      .filter(({ state }) => state === "submitted")
      .toSorted((a, b) => a.pos - b.pos);
    for (const { id: taskId, sessionId } of [...queue, ...asking.tasks.slice(0, 1)]) {
      for await (const { type } of followTask(client, { taskId, sessionId }))
        if (type === "task.completed") break;
    }
    expect(await verifyRows({ dataDir, databaseUrl })).toMatchObject({ differing: 0 });
  });
});

describe("the upgrade of an embedded database", () => {
  it("is killed at any statement, and the next start finishes it", async () => {
    await using directory = await TemporaryDirectory.create();
    const path = databasePath(directory.path);
    await unpackData("sqlite", directory.path);
    const upgrade = async (killAt: number) => {
      const child = fork(PROGRAM, [path, String(killAt)], { execArgv: [], stdio: "inherit" });
      let statements = 0;
      child.on("message", (count) => (statements = count as number));
      const [, signal] = (await once(child, "exit")) as [number | null, string | null];
      return { statements, signal };
    };
    for (const killAt of [12, 30, 50])
      expect(await upgrade(killAt)).toEqual({ statements: 0, signal: "SIGKILL" });
    const { statements, signal } = await upgrade(0);
    expect(signal).toBeNull();
    expect(statements).toBeGreaterThan(50);
    expect(await verifyRows({ dataDir: directory.path, databaseUrl: undefined })).toMatchObject({
      differing: 0,
    });
  });

  it("has no way back: the version before refuses, and changes nothing", async () => {
    await using directory = await TemporaryDirectory.create();
    const database = openDatabase(databasePath(directory.path), "write");
    const db = new Kysely({ dialect: new MigrationDialect({ database }) });
    await migrateToLatest(db, SQLITE_MIGRATIONS);
    const before = Object.entries(SQLITE_MIGRATIONS).filter(([name]) => name <= ITS_LAST);
    const schema = database.prepare("select sql from sqlite_schema").all();
    await expect(migrateToLatest(db, Object.fromEntries(before))).rejects.toMatchObject({
      reason: "too_new",
      message: expect.stringMatching(/012-agent-of-a-task.*use that version, or restore a backup/) as string,
    });
    expect(database.prepare("select sql from sqlite_schema").all()).toEqual(schema);
    await db.destroy();
  });
});

type Rules = ReadonlyMap<string, { rule: string; isFree: boolean }>;

/** What a node that knows the rules before would notice: what is gone or different, and what a row needs that it does not write. */
function changesFor(before: Rules, after: Rules): string[] {
  const tableOf = (name: string) => /^\w+/.exec(name)?.[0];
  const tables = new Set(before.keys().map(tableOf));
  const gone = before.keys().filter((name) => after.get(name)?.rule !== before.get(name)?.rule);
  const demanded = after
    .entries()
    .filter(([name, { isFree }]) => !isFree && tables.has(tableOf(name)) && !before.has(name))
    .map(([name]) => name);
  return [...gone, ...demanded];
}

// A rolling upgrade as a whole is `pnpm upgrade:rolling`.
it("each migration of PostgreSQL leaves the nodes of earlier versions what they read and write", async () => {
  const url = await postgres.createDatabase();
  const database = new URL(url).pathname.slice(1);
  await postgres.sql(`create schema ${SCHEMA}`, database);
  const client = new Client({ connectionString: url, options: `-c search_path=${SCHEMA}` });
  await client.connect();
  const only = { query: client.query.bind(client), release: () => undefined } as PostgresPoolClient;
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({
      pool: { connect: async () => only, end: async () => client.end(), options: {} },
    }),
  });
  /** What a row has to be like, by column or constraint. */
  const rules = async (): Promise<Rules> => {
    const { rows } = await client.query<{ name: string; rule: string; isFree: boolean }>(`
      select table_name || '.' || column_name as name, data_type || ' ' || is_nullable as rule,
             is_nullable = 'YES' or column_default is not null or is_identity = 'YES' as "isFree"
      from information_schema.columns where table_schema = current_schema() and table_name not like 'kysely%'
      union all
      select conrelid::regclass || ': ' || pg_get_constraintdef(oid), contype::text, false
      from pg_constraint where connamespace = current_schema()::regnamespace`);
    return new Map(rows.map(({ name, ...rule }) => [name, rule]));
  };
  const migrations = Object.entries(POSTGRES_MIGRATIONS);
  const migrateTo = async (count: number) =>
    migrateToLatest(db, Object.fromEntries(migrations.slice(0, count)), SCHEMA);
  const broken: string[] = [];
  for (const [index, [migration]] of migrations.entries()) {
    if (migration <= ITS_LAST_OF_POSTGRES) continue;
    await migrateTo(index);
    const before = await rules();
    await migrateTo(index + 1);
    for (const change of changesFor(before, await rules())) broken.push(`${migration}: ${change}`);
  }
  expect(broken).toEqual([]);
  await db.destroy();
});
