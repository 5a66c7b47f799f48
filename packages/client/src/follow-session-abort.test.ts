import { getEventListeners } from "node:events";
import { expect, it } from "vitest";
import { createClient } from "./client.ts";
import { followSession } from "./follow-session.ts";
import type { FollowState } from "./stream/stream-options.ts";
import { startProtocolServer, textEvent, type ProtocolServer } from "./testing/protocol-server.ts";

/** Looks between turns of the event loop: a timer would be one of the resources that are counted. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("It never came to be");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function noConnections(server: ProtocolServer): Promise<void> {
  return until(() => {
    server.closeIdle();
    return server.sockets.size === 0;
  });
}

async function followUntil(
  server: ProtocolServer,
  stopAt: FollowState["status"] | "before" | "mid-stream" | "leave",
): Promise<number> {
  const stop = new AbortController();
  if (stopAt === "before") stop.abort();
  let yielded = 0;
  const onState = ({ status }: FollowState): void => {
    if (status === stopAt) queueMicrotask(() => stop.abort());
  };
  const client = createClient({ url: server.url });
  for await (const { events } of followSession(client, { sessionId: "s", signal: stop.signal, onState })) {
    yielded += events.length;
    if (stopAt === "mid-stream") setImmediate(() => stop.abort());
    if (stopAt === "leave") break;
  }
  expect(getEventListeners(stop.signal, "abort")).toEqual([]);
  return yielded;
}

it("an aborted iteration returns, wherever it is", async () => {
  await using server = await startProtocolServer((subscriber, count) => {
    if (count === 2) subscriber.fail(503, "");
    else if (count > 2) subscriber.open().send({ events: [textEvent(1)], live: true });
  });
  expect(await followUntil(server, "before")).toBe(0);
  expect(server.requests).toBe(0);
  expect(await followUntil(server, "connecting")).toBe(0);
  await noConnections(server);
  server.requests = 1;
  expect(await followUntil(server, "waiting")).toBe(0);
  expect(await followUntil(server, "mid-stream")).toBe(1);
  expect(await followUntil(server, "leave")).toBe(1);
});

it("a thousand subscriptions that come and go leave nothing behind", async () => {
  await using server = await startProtocolServer((subscriber) => {
    subscriber.open().send({ events: [textEvent(1)], live: true });
  });
  const resources = (): Record<string, number> =>
    Object.fromEntries(
      Object.entries(Object.groupBy(process.getActiveResourcesInfo(), (kind) => kind))
        .filter(([kind]) => kind === "Timeout" || kind.startsWith("TCP"))
        .map(([kind, list]) => [kind, list?.length ?? 0]),
    );
  await followUntil(server, "leave");
  await noConnections(server);
  const before = resources();
  for (let round = 0; round < 100; round += 1) {
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => followUntil(server, index % 2 === 0 ? "mid-stream" : "leave")),
    );
  }
  await noConnections(server);
  await until(() => Object.entries(resources()).every(([kind, count]) => count <= (before[kind] ?? 0)));
  expect(server.requests).toBe(1_001);
});
