import { readFile, writeFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import type { SessionDetail, SessionDocument, SessionEvent } from "@trunkline/contract";
import { readLog, ServerFixture } from "@trunkline/testkit";
import { expect, it } from "vitest";
import { moveTimes, moveTimesOfRows, sinceRecorded } from "../testing/recorded-times.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { databasePath } from "./database-path.ts";
import { openDatabase } from "./open-database.ts";
import { verifyDatabase } from "./verify-database.ts";

/** A database of 0.1.0, with what that version showed of it: tasks of every kind, an approval, a fork, an import. */
const FIXTURE = new URL("../testing/from-0.1.0/", import.meta.url);

interface Views {
  sessions: { detail: SessionDetail; events: SessionEvent[] }[];
  document: SessionDocument;
}

/** As if it had all happened a minute ago: its approval is open for a day. */
async function readViews(): Promise<Views & { movedMs: number }> {
  const text = await readFile(new URL("views.json", FIXTURE), "utf8");
  const { sessions } = JSON.parse(text) as Views;
  const movedMs = sinceRecorded(Math.max(...sessions.map(({ detail }) => detail.session.updatedAt)));
  return { ...(JSON.parse(moveTimes(text, movedMs)) as Views), movedMs };
}

async function unpackDatabase(dataDir: string, movedMs: number): Promise<void> {
  const packed = await readFile(new URL("trunkline.db.gz", FIXTURE));
  await writeFile(databasePath(dataDir), gunzipSync(packed), { mode: 0o600 });
  const database = openDatabase(databasePath(dataDir), "write");
  moveTimesOfRows(database, movedMs);
  database.close();
}

it("opens a database of 0.1.0, and shows the same sessions, tasks, approvals and text", async () => {
  const { sessions, movedMs } = await readViews();
  await using directory = await TemporaryDirectory.create();
  await unpackDatabase(directory.path, movedMs);
  // Tasks waiting for a slot would run, and change what is compared.
  await using server = await ServerFixture.start({
    dataDir: directory.path,
    env: { TRUNKLINE_APPROVALS: "always" },
  });
  for (const { detail, events } of sessions) {
    const now = await server.client.session.get.query({ sessionId: detail.session.id });
    expect(now.session).toMatchObject({
      ...detail.session,
      // Data directory and usage are reported more precisely now.
      workspace: `${directory.path}/workspaces/${detail.session.id}`,
    });
    // Of before there were rules.
    expect(now.approvals).toEqual(detail.approvals.map((approval) => ({ ...approval, rules: [] })));
    expect(now.tasks).toHaveLength(detail.tasks.length);
    for (const [index, task] of detail.tasks.entries()) {
      expect(now.tasks[index]).toMatchObject({ ...task, usage: task.usage ?? now.tasks[index]!.usage });
    }
    expect(await readLog(server.client, detail.session.id)).toEqual(events);
  }
  const report = await verifyDatabase(databasePath(directory.path));
  expect(report.differences).toEqual([]);
  expect(report.sessions).toBe(sessions.length);
  // Named: what those logs lack.
  expect(report.fromBefore).toBeGreaterThan(0);

  // And it continues: the awaited answer, then the queue, in order.
  const waiting = sessions.find(({ detail }) => detail.approvals.length > 0)!.detail;
  await server.client.approval.answer.mutate({ approvalId: waiting.approvals[0]!.id, decision: "deny" });
  const { sessionId } = waiting.approvals[0]!;
  await expect
    .poll(async () => (await server.client.session.get.query({ sessionId })).session.status, {
      timeout: 60_000,
    })
    .toBe("idle");
  const log = await readLog(server.client, sessionId);
  const started = log.flatMap(({ type, taskId }) => (type === "task.started" ? [taskId] : []));
  const queue = waiting.tasks.filter(({ state }) => state === "submitted").toSorted((a, b) => a.pos - b.pos);
  expect(started.slice(-queue.length)).toEqual(queue.map(({ id }) => id));
  expect((await verifyDatabase(databasePath(directory.path))).differences).toEqual([]);
});

it("imports a document of 0.1.0", async () => {
  const { document, sessions } = await readViews();
  await using server = await ServerFixture.start();
  const { session } = await server.client.session.import.mutate({ document });
  expect(session).toMatchObject({ title: document.session.title, status: "idle" });
  const { tasks } = await server.client.session.get.query({ sessionId: session.id });
  const original = sessions[0]!.detail.tasks;
  expect(tasks.map(({ prompt, state, result }) => ({ prompt, state, result })).toReversed()).toEqual(
    document.tasks.map(({ prompt, state, result }) => ({ prompt, state, result })),
  );
  expect(tasks).toHaveLength(original.length);
  await server.stop();
  expect((await verifyDatabase(databasePath(server.dataDir))).differences).toEqual([]);
});
