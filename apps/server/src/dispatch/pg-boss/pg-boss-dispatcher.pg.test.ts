import { PostgresServer, waitFor } from "@trunkline/testkit";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Doorbell } from "../port.ts";
import { DoorbellQueue } from "./doorbell-queue.ts";
import { createPgBossDispatcher, type SharedDispatcher } from "./pg-boss-dispatcher.ts";

const logger = pino({ level: "silent" });
const bellOf = (sessionId: string): Doorbell => ({ sessionId, ownerId: sessionId.slice(0, 1) });

/** A node whose sessions are at work until the test ends them. */
interface Node {
  dispatcher: SharedDispatcher;
  working: Map<string, (more: boolean) => void>;
  queue: DoorbellQueue;
}

describe("dispatch on pg-boss", () => {
  let server: PostgresServer;
  let url: string;
  let nodes: Node[] = [];
  /** What the rows would say. */
  const waiting = new Map<string, Doorbell>();

  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(async () => server[Symbol.asyncDispose]());
  afterEach(async () => {
    for (const node of nodes) {
      for (const end of node.working.values()) end(false);
      await node.dispatcher.stop();
    }
    nodes = [];
    waiting.clear();
  });

  async function startNodes(count: number, concurrency: number): Promise<Node[]> {
    url = await server.createDatabase();
    for (let index = 0; index < count; index++) await startNode(concurrency);
    return nodes;
  }

  async function startNode(concurrency: number): Promise<Node> {
    const queue = await DoorbellQueue.open({ url, node: String(nodes.length), logger });
    const working = new Map<string, (more: boolean) => void>();
    const dispatcher = createPgBossDispatcher({
      queue,
      concurrency,
      waitingSessions: async () => [...waiting.values()],
      announce: () =>
        nodes.filter((other) => other.queue !== queue).forEach((other) => other.dispatcher.look()),
      logger,
    });
    const node = { queue, working, dispatcher };
    nodes.push(node);
    dispatcher.start(
      async (sessionId) =>
        new Promise((resolve) => {
          // The row is claimed: for a second node there would be nothing to do.
          if (nodes.some((other) => other.working.has(sessionId))) resolve(false);
          else {
            waiting.delete(sessionId);
            working.set(sessionId, (more) => {
              working.delete(sessionId);
              resolve(more);
            });
          }
        }),
    );
    return node;
  }

  it("starts a session on the node that is rung, while it has a slot", async () => {
    const [one, other] = (await startNodes(2, 2)) as [Node, Node];
    one.dispatcher.ring(bellOf("a1"));
    one.dispatcher.ring(bellOf("a2"));
    expect([...one.working.keys()]).toEqual(["a1", "a2"]);
    expect(other.working.size).toBe(0);
  });

  it("hands to another node what finds no slot, and takes no more than there are slots", async () => {
    const [one, other] = (await startNodes(2, 1)) as [Node, Node];
    for (const id of ["a1", "a2", "a3"]) one.dispatcher.ring(bellOf(id));
    await waitFor("the other node to take a session", () => other.working.size === 1);
    expect(one.working.size).toBe(1);
    const [first = ""] = other.working.keys();
    other.working.get(first)?.(false);
    await waitFor("the last session", () => other.working.size === 1);
    expect(new Set([...one.working.keys(), first, ...other.working.keys()])).toEqual(
      new Set(["a1", "a2", "a3"]),
    );
  });

  it("offers first the session of whoever has the fewest running", async () => {
    const [one] = (await startNodes(1, 2)) as [Node];
    for (const id of ["a1", "a2", "a3", "b1"]) one.dispatcher.ring(bellOf(id));
    const taken = await waitFor("a bell in the queue", async () => {
      const bells = await (await nodeWithoutSlots()).take(1);
      return bells[0];
    });
    expect(taken.sessionId).toBe("b1");
  });

  async function nodeWithoutSlots(): Promise<DoorbellQueue> {
    idle ??= await DoorbellQueue.open({ url, node: "idle", logger });
    return idle;
  }
  let idle: DoorbellQueue | undefined;
  afterEach(async () => {
    await idle?.close();
    idle = undefined;
  });

  it("leaves to another node what a node that stops has not ended", async () => {
    const [one, other] = (await startNodes(2, 1)) as [Node, Node];
    one.dispatcher.ring(bellOf("a1"));
    expect(one.working.size).toBe(1);
    const stopped = one.dispatcher.stop();
    one.working.get("a1")?.(false);
    await stopped;
    nodes.splice(0, 1);
    await waitFor("the other node to go on", () => other.working.has("a1"));
  });

  it("rings again what a node had taken that died", async () => {
    url = await server.createDatabase();
    const dead = await nodeWithoutSlots();
    await dead.ring([{ ...bellOf("a1"), priority: 0 }]);
    expect(await dead.take(1)).toHaveLength(1);
    const one = await startNode(1);
    await waitFor("the session to start here", () => one.working.has("a1"), { timeoutMs: 20_000 });
    expect(await dead.take(1)).toEqual([]);
  }, 30_000);

  it("makes up for a ring that was lost, from the rows", async () => {
    const [one] = (await startNodes(1, 1)) as [Node];
    waiting.set("a1", bellOf("a1"));
    await waitFor("the session to start", () => one.working.has("a1"));
    expect(waiting.size).toBe(0);
  });

  it("goes on by itself after PostgreSQL has crashed", async () => {
    const [one, other] = (await startNodes(2, 1)) as [Node, Node];
    one.dispatcher.ring(bellOf("a1"));
    await server.restart("immediate");
    one.dispatcher.ring(bellOf("a2"));
    waiting.set("a2", bellOf("a2"));
    await waitFor("the other node to take it", () => other.working.has("a2"), { timeoutMs: 20_000 });
    expect([...one.working.keys()]).toEqual(["a1"]);
  }, 30_000);
});
