import type { IncomingMessage } from "node:http";
import { PostgresServer } from "@trunkline/testkit";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Authenticated } from "../auth/port.ts";
import type { Store } from "../store/port.ts";
import { openPostgresStore } from "../store/postgres/postgres-store.ts";
import { LimitExchange } from "./limit-exchange.ts";
import { createLimits } from "./limits.ts";
import { LiveStreams } from "./live-streams.ts";

const logger = pino({ level: "silent" });
let server: PostgresServer;
let store: Store;
beforeAll(async () => {
  server = await PostgresServer.start();
  store = await openPostgresStore({
    url: await server.createDatabase(),
    node: "test",
    now: Date.now,
    logger,
  });
});
afterAll(async () => {
  await store.close();
  await server[Symbol.asyncDispose]();
});

/** @param hour the node's clock is wrong by as many. */
function openNode(hour = 0) {
  const now = () => Date.now() + hour * 3_600_000;
  const limits = createLimits({ requestsPerMinute: 100, trustedProxies: [] }, now, true);
  const auth = { activeTokens: async () => new Set<string>(), onRevocation: () => undefined };
  const streams = new LiveStreams({ auth, logger, maxPerPrincipal: 3 });
  return { limits, streams, exchange: new LimitExchange({ shared: store.limits!, limits, streams, logger }) };
}

const principal = (userId: string): Authenticated => ({
  principal: { userId, name: userId, scopes: ["read"] },
  via: "bearer",
  tokenId: "token",
  hasPageKey: false,
  expiresAt: null,
});

it("holds a user to one rate on all nodes, whatever their clocks say", async () => {
  const nodes = [openNode(), openNode(48), openNode(-48)];
  for (const { limits, exchange } of nodes) {
    for (let count = 0; count < 33; count++) expect(limits.takeCalls("alice", 1)).toBe(0);
    await exchange.exchange();
  }
  for (const { limits, exchange } of nodes) {
    // Each gets answers about itself only.
    limits.takeCalls("alice", 1);
    await exchange.exchange();
  }
  for (const { limits } of nodes) expect(limits.takeCalls("alice", 90)).toBeGreaterThan(0);
  expect(nodes[0]!.limits.takeCalls("bob", 90)).toBe(0);
});

it("counts requests of an address and wrong credentials the same way", async () => {
  const [here, there] = [openNode(), openNode()];
  const incoming = { socket: { remoteAddress: "203.0.113.7" }, headers: {} } as IncomingMessage;
  expect(here.limits.takeFailure("203.0.113.8")).toBe(0);
  expect(here.limits.takeFailure("203.0.113.8")).toBe(0);
  for (let count = 0; count < 98; count++) here.limits.takeRequest(incoming);
  await here.exchange.exchange();
  there.limits.takeRequest(incoming);
  there.limits.takeFailure("203.0.113.8");
  await there.exchange.exchange();
  expect(there.limits.takeFailure("203.0.113.8")).toBeGreaterThan(0);
  const waits = Array.from({ length: 60 }, () => there.limits.takeRequest(incoming));
  expect(Math.max(...waits)).toBeGreaterThan(0);
});

it("counts a user's streams on all nodes, and forgets those of a node that leaves", async () => {
  const [here, there] = [openNode(), openNode()];
  here.streams.open(principal("carol"));
  const stream = here.streams.open(principal("carol"));
  await here.exchange.exchange();
  await there.exchange.exchange();
  there.streams.open(principal("carol"));
  expect(() => there.streams.open(principal("carol"))).toThrow("Too many open streams");
  expect(() => there.streams.open(principal("dave"))).not.toThrow();
  stream.close();
  await here.exchange.exchange();
  await there.exchange.exchange();
  there.streams.open(principal("carol"));
  await here.exchange.stop();
  await there.exchange.exchange();
  there.streams.open(principal("carol"));
  expect(() => there.streams.open(principal("carol"))).toThrow("Too many open streams");
});
