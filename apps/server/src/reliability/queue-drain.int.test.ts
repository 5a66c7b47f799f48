import {
  FakeProvider,
  readLog,
  say,
  ServerFixture,
  assertLogHolds,
  assertStartedInOrder,
  waitFor,
} from "@trunkline/testkit";
import { expect, it } from "vitest";

/** 500 for the ten thousand tasks of the promise; fewer show the same, and this runs alone. */
const SESSIONS = Number(process.env["TRUNKLINE_DRAIN_SESSIONS"] ?? 100);
const TASKS_PER_SESSION = 20;

it(`${SESSIONS * TASKS_PER_SESSION} tasks queued over ${SESSIONS} sessions drain in order per session across two restarts, none twice`, async () => {
  await using provider = await FakeProvider.start({
    keepRequests: 0,
    respond: () => say.reply(say.text("ok")),
  });
  await using server = await ServerFixture.start({
    env: { ...provider.serverEnv, TRUNKLINE_LOG_LEVEL: "warn" },
  });
  const { client } = server;

  const sessions = await Promise.all(
    Array.from({ length: SESSIONS }, async () => (await client.session.create.mutate({})).id),
  );
  for (let index = 0; index < TASKS_PER_SESSION; index++) {
    await Promise.all(
      sessions.map(async (sessionId) => client.task.submit.mutate({ sessionId, prompt: `task ${index}` })),
    );
  }
  await server.restart();
  await waitFor(
    "some tasks to have run",
    async () => {
      const { items } = await client.task.list.query({ sessionId: sessions.at(-1)!, states: ["completed"] });
      return items.length > 0;
    },
    { timeoutMs: 120_000 },
  );
  await server.kill();
  await server.restart();

  const unfinished = async (): Promise<number> => {
    const { items } = await client.task.list.query({ states: ["submitted", "working"], limit: 1 });
    return items.length;
  };
  await waitFor("the queues to be empty", async () => (await unfinished()) === 0, {
    timeoutMs: 240_000,
    intervalMs: 250,
  });

  for (const sessionId of sessions) {
    const log = await readLog(client, sessionId);
    assertLogHolds(log);
    assertStartedInOrder(log);
    expect(log.filter((event) => event.type === "task.completed")).toHaveLength(TASKS_PER_SESSION);
  }
}, 480_000);
