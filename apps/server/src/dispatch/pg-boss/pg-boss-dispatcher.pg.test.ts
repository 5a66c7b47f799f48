import { setTimeout } from "node:timers/promises";
import { PostgresServer, shortestOf, waitFor } from "@trunkline/testkit";
import { PgBoss } from "pg-boss";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { describeDispatcher, DispatchWorld, SOON } from "../dispatcher-conformance.ts";
import { CuttableLink } from "../../store/testing/cuttable-link.ts";
import type { Doorbell } from "../port.ts";
import { PgBossDispatcher } from "./pg-boss-dispatcher.ts";
import { SessionQueue } from "./session-queue.ts";

const logger = pino({ level: "silent" });
let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

interface NodeOptions {
  concurrency?: number;
  isShared?: () => boolean;
  announce?: () => void;
  startable?: () => Promise<readonly Doorbell[]>;
}

async function createNode(url: string, options: NodeOptions = {}): Promise<PgBossDispatcher> {
  const queue = await SessionQueue.open({ url, node: "test", logger });
  return new PgBossDispatcher({
    queue,
    concurrency: 1,
    isShared: () => false,
    announce: () => undefined,
    startable: async () => [],
    logger,
    ...options,
  });
}

describeDispatcher({
  name: "pg-boss",
  create: async (options) => createNode(await server.createDatabase(), options),
  runs: 3,
});

describe("pg-boss on several nodes", () => {
  const worlds: DispatchWorld[] = [];
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.stop();
  });
  const node = async (url: string, options: NodeOptions = {}) => {
    const world = new DispatchWorld(await createNode(url, options), options.concurrency ?? 1, false);
    world.start();
    worlds.push(world);
    return world;
  };

  it("what finds no slot where it is rung starts where one is free", async () => {
    const url = await server.createDatabase();
    const told: PgBossDispatcher[] = [];
    const announce = () => told.forEach((dispatcher) => dispatcher.look());
    const busy = await node(url, { announce });
    busy.ring("a", 0);
    const other = await node(url);
    told.push(other.dispatcher as PgBossDispatcher);
    busy.ring("a", 1);
    await expect.poll(() => other.atWork, SOON).toEqual(["a1"]);
    expect(busy.begun).toEqual(["a0"]);
  });

  it("goes on by itself where the queue's connections fall silent", async () => {
    const url = new URL(await server.createDatabase());
    await using link = await CuttableLink.open(Number(url.port));
    url.port = String(link.port);
    const here = await node(url.href);
    link.cutOpen();
    // It asks the queue once a second, and does so before there is anything in it.
    await setTimeout(2_500);
    expect(here.dispatcher.silentMs()).toBeGreaterThan(1_000);
    here.ring("a", 0);
    await expect.poll(() => here.atWork, { timeout: 90_000 }).toEqual(["a0"]);
    await expect.poll(() => here.dispatcher.silentMs(), { timeout: 90_000 }).toBe(0);
  });

  it("a hint that is lost costs no more than a look into the queue", async () => {
    const url = await server.createDatabase();
    const busy = await node(url);
    const other = await node(url);
    busy.ring("a", 0, 1);
    await expect.poll(() => other.atWork, SOON).toEqual(["a1"]);
  });

  it("a node that is paused or stopped leaves what waits to the others", async () => {
    const url = await server.createDatabase();
    const leaving = await node(url);
    const other = await node(url, { concurrency: 3 });
    leaving.ring("a", 0);
    await expect.poll(() => leaving.atWork, SOON).toEqual(["a0"]);
    leaving.dispatcher.pause();
    leaving.ring("a", 1);
    await expect.poll(() => other.atWork, SOON).toEqual(["a1"]);
    // Its handler was interrupted, and does not report that there is more.
    const stopped = leaving.dispatcher.stop();
    leaving.end("a0", false);
    await stopped;
    await expect.poll(() => other.atWork, SOON).toEqual(["a0", "a1"]);
  });

  it("sessions of a node that died come back within eleven seconds", async () => {
    // Ten seconds without a sign of life, one until it is noticed, one until the queue is polled.
    const limitMs = 13_000;
    const elapsed = await shortestOf(limitMs, async () => {
      const url = await server.createDatabase();
      const dying = await SessionQueue.open({ url, node: "dying", logger });
      await dying.put([{ sessionId: "a0", ownerId: "a" }]);
      const takenAt = performance.now();
      expect(await dying.take(1, [])).toHaveLength(1);
      // From here on it is silent, like a killed process.
      await dying[Symbol.asyncDispose]();
      const other = await node(url);
      await waitFor("the session to come back", () => other.working.has("a0"));
      return performance.now() - takenAt;
    });
    expect(elapsed).toBeLessThan(limitMs);
  });

  it("jobs that are canceled, deleted or failed block no session", async () => {
    const url = await server.createDatabase();
    const bells = ["a0", "a1", "a2"].map((sessionId) => ({ sessionId, ownerId: "a" }));
    const queue = await SessionQueue.open({ url, node: "test", logger });
    await queue.put(bells);
    expect(await queue.put(bells)).toBe(false);
    const boss = new PgBoss({
      connectionString: url,
      schema: "trunkline_boss",
      supervise: false,
      schedule: false,
    });
    await boss.start();
    const jobs = await boss.findJobs<Doorbell>("sessions");
    expect(jobs).toHaveLength(3);
    const [canceled, deleted, failed] = jobs.map(({ id }) => id) as [string, string, string];
    await boss.cancel("sessions", canceled);
    await boss.deleteJob("sessions", deleted);
    await boss.fail("sessions", failed);
    await boss.stop({ graceful: false });
    await queue[Symbol.asyncDispose]();
    const other = await node(url, { concurrency: 3, startable: async () => bells });
    await expect.poll(() => other.atWork, SOON).toEqual(["a0", "a1", "a2"]);
  });

  it("goes on by itself when PostgreSQL comes back", async () => {
    const url = await server.createDatabase();
    const busy = await node(url);
    const other = await node(url);
    busy.ring("a", 0);
    await expect.poll(() => busy.atWork, SOON).toEqual(["a0"]);
    await server.stop("immediate");
    busy.ring("a", 1);
    await server.launch();
    await expect.poll(() => other.atWork, SOON).toEqual(["a1"]);
    other.end("a1");
    busy.end("a0");
    busy.ring("b", 0, 1);
    await expect.poll(() => [busy.working.size, other.working.size], SOON).toEqual([1, 1]);
  });
});
