import type { ActivityBatch, EventBatch, SessionEvent } from "@trunkline/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assertReceivedEqualsLog } from "../event-log-checkers.ts";
import { readLog } from "../read-log.ts";
import { ServerFixture } from "../server-fixture.ts";
import { collectUntil } from "../wait-for.ts";
import { type BusySession, startBusySession } from "./busy-session.ts";
import { type SseMessage, sseMessages } from "./sse-messages.ts";
import { restTarget } from "./surface.ts";

let server: ServerFixture;
let busy: BusySession;
beforeAll(async () => {
  server = await ServerFixture.start();
  busy = await startBusySession(server.client);
});
afterAll(async () => server[Symbol.asyncDispose]());

const trpcUrl = (path: string, input: object) =>
  `${server.url}/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`;
const restUrl = (path: "session.subscribe" | "activity.subscribe", input: Record<string, unknown>) =>
  restTarget(server.url, path, input).target;
const isLive = ({ event, data }: SseMessage) => event === "comment" && data.trim() === "live";
const unnamed = (messages: SseMessage[]) => messages.filter(({ event }) => event === undefined);
const batchOf = ({ data }: SseMessage) => JSON.parse(data) as EventBatch;
const eventOf = ({ data }: SseMessage) => JSON.parse(data) as SessionEvent;

async function overTrpc(lastEventId?: string): Promise<SessionEvent[]> {
  const { sessionId } = busy;
  const messages = await collectUntil(
    "the live batch",
    sseMessages(trpcUrl("session.subscribe", { sessionId }), { token: server.token, lastEventId }),
    (message) => message.event === undefined && batchOf(message).live,
  );
  return unnamed(messages).flatMap((message) => batchOf(message).events);
}

async function overRest(lastEventId?: string): Promise<SessionEvent[]> {
  const { sessionId } = busy;
  const messages = await collectUntil(
    "the live comment",
    sseMessages(restUrl("session.subscribe", { sessionId }), { token: server.token, lastEventId }),
    isLive,
  );
  const events = unnamed(messages).map((message) => eventOf(message));
  expect(unnamed(messages).map(({ id }) => id)).toEqual(events.map(({ seq }) => String(seq)));
  return events;
}

describe("session.subscribe", () => {
  /** Its task goes on saying dots: the log as it was before is told, and of what came since, maybe some. */
  async function tellsLog(tell: (lastEventId?: string) => Promise<SessionEvent[]>, after?: number) {
    const rest = async () =>
      (await readLog(server.client, busy.sessionId)).filter(({ seq }) => seq > (after ?? 0));
    const before = await rest();
    const told = await tell(after === undefined ? undefined : String(after));
    expect(told.length).toBeGreaterThanOrEqual(before.length);
    expect(told).toEqual((await rest()).slice(0, told.length));
  }

  it("tells the same history over tRPC and REST: the log", async () => {
    await tellsLog(overRest);
    await tellsLog(overTrpc);
  });

  it("resumes after the same event", async () => {
    const log = await readLog(server.client, busy.sessionId);
    for (const { seq } of [log[0]!, log[3]!, log.at(-1)!]) {
      await tellsLog(overRest, seq);
      await tellsLog(overTrpc, seq);
    }
  });

  it("goes on with what happens", async () => {
    const { sessionId } = busy;
    const stream = sseMessages(restUrl("session.subscribe", { sessionId }), { token: server.token });
    const received: SessionEvent[] = [];
    const until = async (reached: (message: SseMessage) => boolean) => {
      for (;;) {
        const { value, done } = await stream.next();
        if (done === true) throw new Error("the stream ended");
        if (value.event === undefined) received.push(eventOf(value));
        if (reached(value)) return;
      }
    };
    await until(isLive);
    await server.client.task.cancel.mutate({ taskId: busy.active });
    const last = busy.queued[1];
    await until(() => received.some(({ taskId, type }) => taskId === last && type === "task.completed"));
    await stream.return();
    assertReceivedEqualsLog(received, await readLog(server.client, sessionId));
  });
});

it("activity.subscribe tells the same changes over tRPC and REST", async () => {
  const { token } = server;
  const streams = [
    sseMessages(trpcUrl("activity.subscribe", {}), { token }),
    sseMessages(restUrl("activity.subscribe", {}), { token }),
  ];
  // Of which something may still be told.
  const { sessionId: leftOver } = busy;
  const nextBatch = async (stream: (typeof streams)[number]): Promise<ActivityBatch> => {
    for (;;) {
      const { value, done } = await stream.next();
      if (done === true) throw new Error("the stream ended");
      if (value.event !== undefined) continue;
      const batch = JSON.parse(value.data) as ActivityBatch;
      if (batch.reset || batch.sessions.some(({ id }) => id !== leftOver)) return batch;
    }
  };
  for (const stream of streams) {
    expect(await nextBatch(stream)).toEqual({ sessions: [], removed: [], reset: true });
  }
  const quiet = await server.client.session.create.mutate({ title: "Told to both" });
  for (const stream of streams) {
    expect(await nextBatch(stream)).toEqual({ sessions: [quiet], removed: [], reset: false });
    await stream.return();
  }
});
