import { monotonicMicros } from "@trunkline/testkit";
import type { Server } from "../measures/bench-run.ts";
import { median } from "../report/quantile.ts";
import type { Row } from "../report/row.ts";
import { firstMessageMs } from "./first-message.ts";
import type { ScaleRun, Seeded } from "./scale-run.ts";

/** Duration of one call of a kind, in ms. */
type Call = (subject: Subject) => Promise<number>;

interface Subject {
  server: Server;
  seeded: Seeded;
  /** Cursor of a page in the middle of the session list. */
  deepCursor: string | undefined;
}

const query =
  (procedure: string, input: (subject: Subject) => object): Call =>
  async (subject) =>
    (await subject.server.query(procedure, input(subject))).ms;

const CALLS: Record<string, Call> = {
  "session.list: first page": query("session.list", () => ({})),
  "session.list: deep page": query("session.list", ({ deepCursor: cursor }) => ({ cursor })),
  "session.list: archived": query("session.list", () => ({ archived: true })),
  "session.list: title has 'qui'": query("session.list", () => ({ query: "qui" })),
  "session.list: title that is nowhere": query("session.list", () => ({ query: "xyzzy" })),
  "session.get": query("session.get", ({ seeded }) => ({ sessionId: seeded.sessions[7]?.id })),
  "session.get: long session": query("session.get", ({ seeded }) => ({ sessionId: seeded.long.id })),
  "session.events: newest page": query("session.events", ({ seeded: { long } }) => ({
    sessionId: long.id,
    before: long.lastSeq + 1,
  })),
  "session.events: oldest page": query("session.events", ({ seeded }) => ({ sessionId: seeded.long.id })),
  "session.events: middle page": query("session.events", ({ seeded: { long } }) => ({
    sessionId: long.id,
    after: Math.floor(long.lastSeq / 2),
  })),
  "session.subscribe: first message from a deep cursor": async ({ server, seeded: { long } }) =>
    firstMessageMs(server.subscription(long.id, long.lastSeq - 150)),
  "task.list": query("task.list", () => ({})),
  "task.list: of the long session": query("task.list", ({ seeded }) => ({ sessionId: seeded.long.id })),
  "task.list: failed ones": query("task.list", () => ({ states: ["failed"] })),
  "search.query": query("search.query", () => ({ text: "function error" })),
  "submit to finished: no-op task": async ({ server, seeded }) =>
    runTask(server, seeded.sessions[3]?.id ?? ""),
  "activity.subscribe: first message": async ({ server }) =>
    firstMessageMs(server.stream("activity.subscribe")),
};

/** The same calls on a store with 10,000 sessions and a log of 1,000,000 events, and on a small one. */
export async function measurePages(run: ScaleRun): Promise<Row[]> {
  const rounds = run.quick ? 10 : 60;
  const ours = await run.server(run.big);
  await using _big = ours.server;
  const yardstick = await run.server(run.small);
  await using _small = yardstick.server;
  const big: Subject = { ...ours, deepCursor: await deepCursor(ours.server, run.big.sessions) };
  const small: Subject = { ...yardstick, deepCursor: await deepCursor(yardstick.server, run.small.sessions) };

  const rows: Row[] = [];
  for (const [measure, call] of Object.entries(CALLS)) {
    const times: { big: number[]; small: number[] } = { big: [], small: [] };
    // Warm-up: the first calls do not count.
    for (let round = -3; round < rounds; round++) {
      const smallMs = await call(small);
      const bigMs = await call(big);
      if (round < 0) continue;
      times.small.push(smallMs);
      times.big.push(bigMs);
    }
    rows.push({
      group: `Pages: ${run.big.sessions} sessions and a log of ${run.big.longEvents} events (median)`,
      measure,
      unit: "ms",
      ours: median(times.big),
      yardstick: { what: "a small store", value: median(times.small) },
      budget: { ratioAtMost: 1.2 },
    });
  }
  return rows;
}

/** Pages to the middle of the list; a single page stays where it is. */
async function deepCursor(server: Server, sessions: number): Promise<string | undefined> {
  let cursor: string | undefined;
  for (let seen = 0; seen < sessions / 2; seen += 200) {
    const { data } = await server.query("session.list", { limit: sessions > 200 ? 200 : 5, cursor });
    cursor = (data as { nextCursor: string | null }).nextCursor ?? undefined;
  }
  return cursor;
}

async function runTask(server: Server, sessionId: string): Promise<number> {
  const startedAtUs = monotonicMicros();
  const { data } = await server.mutate("task.submit", { sessionId, prompt: "say: ok" });
  const { taskId } = data as { taskId: string };
  for (;;) {
    const { data: task } = await server.query("task.get", { taskId });
    if ((task as { state: string }).state === "completed") return (monotonicMicros() - startedAtUs) / 1_000;
  }
}
