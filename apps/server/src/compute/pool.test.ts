import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { createCompute, type PoolOptions } from "./pool.ts";
import type { Compute, Job } from "./port.ts";
import type attempt from "./testing/trying-job.ts";

const module = new URL("./testing/trying-job.ts", import.meta.url);
const quick: Job<typeof attempt> = { name: "trial", module, kind: "quick" };
const long: Job<typeof attempt> = { ...quick, kind: "long" };

const alice = { owner: "alice", deadlineMs: 240_000 };
const bob = { owner: "bob", deadlineMs: 240_000 };

const pools: Compute[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map(async (pool) => pool.close()));
});

function open(options: Partial<PoolOptions> = {}): Compute {
  const pool = createCompute({ logger: pino({ level: "silent" }), ...options });
  pools.push(pool);
  return pool;
}

/** A job that runs until it is let go. */
class Hold {
  readonly #server = createServer();
  readonly #connected: Promise<Socket>;
  readonly trial: { do: "hold"; socket: string };

  private constructor(socket: string) {
    this.trial = { do: "hold", socket };
    this.#connected = once(this.#server, "connection").then(([connection]) => connection as Socket);
    // A job that is ended breaks its connection off.
    void this.#connected.then((connection) => connection.on("error", () => undefined));
    this.#server.listen(socket);
  }

  static async listen(): Promise<Hold> {
    holds += 1;
    const hold = new Hold(join(directory, `hold-${holds}`));
    await once(hold.#server, "listening");
    return hold;
  }

  async begun(): Promise<void> {
    await this.#connected;
  }

  async end(): Promise<void> {
    (await this.#connected).end();
    this.#server.close();
  }
}

let holds = 0;
const directory = mkdtempSync(join(tmpdir(), "compute-"));
afterAll(() => rmSync(directory, { recursive: true }));

it("answers with what the handler returns, and throws what it throws", async () => {
  const pool = open();
  expect(await pool.run(quick, { do: "answer", value: { a: [1, "two"] } }, alice)).toEqual({ a: [1, "two"] });
  await expect(pool.run(quick, { do: "throw", message: "no such thing" }, alice)).rejects.toThrow(
    "no such thing",
  );
});

it("ends a process that spins at its deadline, and goes on", async () => {
  const pool = open();
  const spinning = pool.run(quick, { do: "spin" }, { ...alice, deadlineMs: 300 });
  await expect(spinning).rejects.toMatchObject({ bound: "deadline", reason: "unavailable" });
  expect(await pool.run(quick, { do: "answer", value: 1 }, alice)).toBe(1);
});

it("ends a process that allocates without end, and the server lives", async () => {
  const pool = open({ memoryMb: 32 });
  await expect(pool.run(quick, { do: "allocate" }, alice)).rejects.toMatchObject({
    bound: "memory",
    reason: "payload_too_large",
  });
  expect(await pool.run(quick, { do: "answer", value: 1 }, alice)).toBe(1);
});

it("gives its processes none of the server's environment", async () => {
  expect(await open().run(quick, { do: "show the environment" }, alice)).not.toHaveProperty("PATH");
});

it("takes a job back that runs, or waits, when its signal aborts", async () => {
  const pool = open();
  const running = new AbortController();
  const waiting = new AbortController();
  const hold = await Hold.listen();
  const first = pool.run(quick, hold.trial, { ...alice, signal: running.signal });
  const second = pool.run(quick, { do: "answer", value: 2 }, { ...alice, signal: waiting.signal });
  await hold.begun();
  waiting.abort(new Error("gone while it waited"));
  await expect(second).rejects.toThrow("gone while it waited");
  running.abort(new Error("gone while it ran"));
  await expect(first).rejects.toThrow("gone while it ran");
  expect(await pool.run(quick, { do: "answer", value: 3 }, alice)).toBe(3);
});

it("H: one owner's work leaves a process to the others", async () => {
  const pool = open();
  const all = [await Hold.listen(), await Hold.listen(), await Hold.listen()];
  const held = all.map(async ({ trial }) => pool.run(quick, trial, alice));
  await all[0]?.begun();
  expect(await pool.run(quick, { do: "answer", value: "bob's" }, bob)).toBe("bob's");
  for (const hold of all) void hold.end();
  await Promise.all(held);
});

it("H: long jobs of many owners leave a process to a quick one", async () => {
  const pool = open();
  const all = [];
  for (const owner of ["a", "b", "c"]) all.push({ owner, hold: await Hold.listen() });
  const held = all.map(async ({ owner, hold }) => pool.run(long, hold.trial, { ...alice, owner }));
  await all[0]?.hold.begun();
  expect(await pool.run(quick, { do: "answer", value: "quick" }, bob)).toBe("quick");
  for (const { hold } of all) void hold.end();
  await Promise.all(held);
});

it("H: refuses what one owner queues beyond a bound, and still takes others' work", async () => {
  const pool = open({ queuedOfOwner: 2, queued: 3 });
  const hold = await Hold.listen();
  const answer = { do: "answer", value: 1 } as const;
  const taken = [pool.run(quick, hold.trial, alice)];
  taken.push(pool.run(quick, answer, alice), pool.run(quick, answer, alice));
  await expect(pool.run(quick, answer, alice)).rejects.toMatchObject({
    bound: "queue",
    reason: "rate_limited",
  });
  taken.push(pool.run(quick, answer, bob));
  void hold.end();
  await Promise.all(taken);
});

it("starts its processes when there is work, and ends them when there is none", async () => {
  const pool = open({ idleMs: 0 });
  const first = await pool.run(quick, { do: "name the process" }, alice);
  await vi.waitFor(async () => {
    expect(await pool.run(quick, { do: "name the process" }, alice)).not.toBe(first);
  }, 60_000);
});

it("closes while jobs run and wait", async () => {
  const pool = open();
  const hold = await Hold.listen();
  const running = pool.run(quick, hold.trial, alice);
  const waiting = pool.run(quick, { do: "answer", value: 1 }, alice);
  const outcomes = Promise.allSettled([running, waiting]);
  await hold.begun();
  await pool.close();
  expect(await outcomes).toMatchObject([
    { status: "rejected", reason: { bound: "stopped" } },
    { status: "rejected", reason: { bound: "stopped" } },
  ]);
  await expect(pool.run(quick, { do: "answer", value: 1 }, alice)).rejects.toMatchObject({
    bound: "stopped",
  });
});

it("is known to be of no use while its processes end before they did anything", async () => {
  const pool = open();
  for (let times = 0; times < 3; times += 1) {
    expect(() => pool.check()).not.toThrow();
    await expect(pool.run(quick, { do: "end", code: 1 }, alice)).rejects.toThrow();
  }
  expect(() => pool.check()).toThrow("The last 3 worker processes ended");
  expect(await pool.run(quick, { do: "answer", value: 1 }, alice)).toBe(1);
  // Noted once the process is left.
  await vi.waitFor(() => expect(() => pool.check()).not.toThrow(), 60_000);
});
