import { TrunklineApiError } from "@trunkline/client";
import { ERROR_CODES, type ErrorReason } from "@trunkline/contract";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { StartOf } from "../projects/workspace-choice.ts";
import { type Delivery, Outbox, type OutboxDeps } from "./outbox.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";

class Unreachable extends Error {}

const stored = new Map<string, string>();
const closing: (() => void)[] = [];
beforeEach(() => {
  stored.clear();
  vi.stubGlobal(
    "localStorage",
    new Proxy(
      {
        getItem: (key: string) => stored.get(key) ?? null,
        setItem: (key: string, value: string) => stored.set(key, value),
        removeItem: (key: string) => stored.delete(key),
      },
      {
        ownKeys: () => [...stored.keys()],
        getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
      },
    ),
  );
});
afterEach(() => {
  for (const close of closing.splice(0)) close();
  vi.unstubAllGlobals();
});

interface Server {
  reachable: boolean;
  received: string[];
  keys: string[];
  sessions: (string | null)[];
  starts: (StartOf | undefined)[];
  delivered: string[];
  refused: string[];
}

function open(
  server: Server,
  refuses: (text: string) => boolean | ErrorReason = () => false,
  user = "u",
  onTheWay = async (): Promise<void> => {},
): Outbox {
  const deps: OutboxDeps = {
    userId: () => user,
    async submit({ text, idempotencyKey, sessionId, start }: OutgoingMessage): Promise<Delivery> {
      server.keys.push(idempotencyKey);
      await onTheWay();
      if (!server.reachable) throw new Unreachable();
      const refused = refuses(text);
      if (typeof refused === "string") throw apiError(refused);
      if (refused) throw new Error("no");
      server.received.push(text);
      server.sessions.push(sessionId);
      server.starts.push(start);
      return { sessionId: sessionId ?? "new-session", taskId: "t" };
    },
    isConnectionError: (error) => error instanceof Unreachable,
    onSent: () => {},
    onDelivered: ({ text }) => server.delivered.push(text),
    onRefused: ({ text }) => server.refused.push(text),
  };
  const outbox = new Outbox(deps);
  closing.push(outbox.start());
  return outbox;
}

function apiError(reason: ErrorReason): TrunklineApiError {
  const httpStatus = reason === "internal" ? 500 : 503;
  const data = { code: ERROR_CODES[reason], httpStatus, reason };
  return new TrunklineApiError({ message: `The words of ${reason}`, code: 0, data });
}

const newServer = (reachable: boolean): Server => ({
  reachable,
  received: [],
  keys: [],
  sessions: [],
  starts: [],
  delivered: [],
  refused: [],
});

it("B5: what is sent without a network waits, and goes out in order when it is back", async () => {
  const server = newServer(false);
  const outbox = open(server);
  const first = outbox.send("one", "s");
  void outbox.send("two", "s");
  await expect.poll(() => outbox.messages.getState().map(({ isWaiting }) => isWaiting)).toEqual([true, true]);
  server.reachable = true;
  outbox.flush();
  expect(await first).toMatchObject({ sessionId: "s" });
  await expect.poll(() => server.received).toEqual(["one", "two"]);
  expect(outbox.messages.getState()).toEqual([]);
  await expect.poll(() => stored.size).toBe(0);
});

it("B5: it outlives the page, and goes out under the same key", async () => {
  const server = newServer(false);
  void open(server).send("one", null);
  await expect.poll(() => server.keys.length).toBeGreaterThan(0);
  const later = open(server);
  await expect.poll(() => later.messages.getState().map(({ text }) => text)).toEqual(["one"]);
  server.reachable = true;
  later.flush();
  await expect.poll(() => server.delivered).toEqual(["one"]);
  expect(new Set(server.keys).size).toBe(1);
});

it("B5: what the server refuses goes back to its writer, and holds nothing up", async () => {
  const server = newServer(true);
  const outbox = open(server, (text) => text === "bad");
  void outbox.send("bad", "s");
  void outbox.send("good", "s");
  await expect.poll(() => server.received).toEqual(["good"]);
  expect(server.refused).toEqual(["bad"]);
  expect(outbox.messages.getState()).toEqual([]);
});

it.each(["storage_full", "workspace_failed"] as const)(
  "what the server has no room or place for goes back to its writer: %s",
  async (reason) => {
    const server = newServer(true);
    const outbox = open(server, (text) => (text === "too much" ? reason : false));
    void outbox.send("too much", "s");
    void outbox.send("good", "s");
    await expect.poll(() => server.received).toEqual(["good"]);
    expect(server.refused).toEqual(["too much"]);
    expect(outbox.messages.getState()).toEqual([]);
  },
);

it("one that fails on the server says why, and holds up no other session", async () => {
  const server = newServer(true);
  let isMended = false;
  const outbox = open(server, (text) => text === "first" && !isMended && "internal");
  void outbox.send("first", "s");
  void outbox.send("second", "s");
  void outbox.send("other", "s2");
  const first = outbox.send("first", null);
  void outbox.send("second", null, { follows: outbox.messages.getState()[3]!.idempotencyKey });
  void outbox.send("another", null);
  await expect.poll(() => server.received).toEqual(["other", "another"]);
  const waiting = { isWaiting: true, why: "The words of internal" };
  expect(outbox.messages.getState()).toMatchObject([waiting, waiting, waiting, waiting]);
  isMended = true;
  outbox.flush();
  await first;
  await expect.poll(() => server.received.slice(2)).toEqual(["first", "second", "first", "second"]);
  expect(server.sessions.slice(2)).toEqual(["s", "s", null, "new-session"]);
});

it("where the server takes nothing just now, all wait in order and say why", async () => {
  const server = newServer(true);
  let isStarting = true;
  const outbox = open(server, () => isStarting && "unavailable");
  void outbox.send("one", "s");
  void outbox.send("two", "s2");
  const waiting = { isWaiting: true, why: "The words of unavailable" };
  await expect.poll(() => outbox.messages.getState()).toMatchObject([waiting, waiting]);
  server.reachable = false;
  outbox.flush();
  await expect.poll(() => outbox.messages.getState()).toMatchObject([{ why: null }, { why: null }]);
  [server.reachable, isStarting] = [true, false];
  outbox.flush();
  await expect.poll(() => server.received).toEqual(["one", "two"]);
});

it("G1: what follows on the message that begins a session goes to that session", async () => {
  const server = newServer(false);
  const outbox = open(server);
  void outbox.send("first", null);
  const key = outbox.messages.getState()[0]!.idempotencyKey;
  const second = outbox.send("second", null, { follows: key });
  await expect.poll(() => outbox.messages.getState().map(({ isWaiting }) => isWaiting)).toEqual([true, true]);
  server.reachable = true;
  outbox.flush();
  expect(await second).toMatchObject({ sessionId: "new-session" });
  expect(server.received).toEqual(["first", "second"]);
  expect(server.sessions).toEqual([null, "new-session"]);
});

it("G1: where the first is refused, what follows on it goes back as well", async () => {
  const server = newServer(true);
  const outbox = open(server, (text) => text === "first");
  void outbox.send("first", null);
  void outbox.send("second", null, { follows: outbox.messages.getState()[0]!.idempotencyKey });
  await expect.poll(() => server.refused).toEqual(["second", "first"]);
  expect(outbox.messages.getState()).toEqual([]);
});

it("B5: what waits can be taken back", async () => {
  const server = newServer(false);
  const outbox = open(server);
  void outbox.send("one", "s");
  await expect.poll(() => outbox.messages.getState()[0]?.isWaiting).toBe(true);
  const key = outbox.messages.getState()[0]!.idempotencyKey;
  expect(await outbox.takeBack(key)).toMatchObject({ text: "one" });
  expect(await outbox.takeBack(key)).toBeNull();
  expect(outbox.messages.getState()).toEqual([]);
  await expect.poll(() => stored.size).toBe(0);
});

it("what is taken back while it is being sent again goes if that fails, and stays sent if it does not", async () => {
  const server = newServer(false);
  const tried: PromiseWithResolvers<void>[] = [];
  const outbox = open(server, undefined, "u", async () => {
    tried.push(Promise.withResolvers());
    await tried.at(-1)?.promise;
  });
  for (const isReached of [false, true]) {
    tried.length = 0;
    server.reachable = false;
    void outbox.send("one", "s");
    await expect.poll(() => tried).toHaveLength(1);
    tried[0]!.resolve();
    await expect.poll(() => outbox.messages.getState()[0]?.isWaiting).toBe(true);
    outbox.flush();
    await expect.poll(() => tried).toHaveLength(2);
    const taken = outbox.takeBack(outbox.messages.getState()[0]!.idempotencyKey);
    expect(outbox.messages.getState()[0]).toMatchObject({ isLeaving: true });
    server.reachable = isReached;
    tried[1]!.resolve();
    expect((await taken)?.text).toBe(isReached ? undefined : "one");
    expect(server.received).toEqual(isReached ? ["one"] : []);
    expect(outbox.messages.getState()).toEqual([]);
  }
});

it.each([false, true])(
  "what is taken back while another tab sends it goes if that fails, and stays sent if it does not: %s",
  async (isReached) => {
    const server = newServer(false);
    const tried: PromiseWithResolvers<void>[] = [];
    const sending = open(server, undefined, "u", async () => {
      tried.push(Promise.withResolvers());
      await tried.at(-1)?.promise;
    });
    void sending.send("one", "s");
    await expect.poll(() => tried).toHaveLength(1);
    tried[0]!.resolve();
    const other = open(server);
    await expect.poll(() => other.messages.getState()[0]?.isWaiting).toBe(true);
    sending.flush();
    await expect.poll(() => tried).toHaveLength(2);
    const taken = other.takeBack(other.messages.getState()[0]!.idempotencyKey);
    expect(other.messages.getState()[0]).toMatchObject({ isLeaving: true });
    server.reachable = isReached;
    tried[1]!.resolve();
    expect((await taken)?.text).toBe(isReached ? undefined : "one");
    expect(server.received).toEqual(isReached ? ["one"] : []);
    expect(other.messages.getState()).toEqual([]);
    await expect.poll(() => sending.messages.getState()).toEqual([]);
    await expect.poll(() => stored.size).toBe(0);
  },
);

it("what the browser has no room for can be taken back all the same", async () => {
  vi.stubGlobal("localStorage", {
    getItem: () => null,
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
    removeItem: () => {},
  });
  const outbox = open(newServer(false));
  void outbox.send("one", "s");
  await expect.poll(() => outbox.messages.getState()[0]?.isWaiting).toBe(true);
  const taken = await outbox.takeBack(outbox.messages.getState()[0]!.idempotencyKey);
  expect(taken).toMatchObject({ text: "one" });
});

it("where the message that begins a session is taken back, the next begins it, on the same project", async () => {
  const server = newServer(false);
  const outbox = open(server);
  void outbox.send("first", null, { start: { projectId: "p" } });
  const follows = outbox.messages.getState()[0]!.idempotencyKey;
  for (const text of ["second", "third"]) void outbox.send(text, null, { follows });
  await expect.poll(() => outbox.messages.getState().every(({ isWaiting }) => isWaiting)).toBe(true);
  expect(await outbox.takeBack(follows)).toMatchObject({ text: "first" });
  server.reachable = true;
  // Another page, which knows what is stored.
  open(server);
  await expect.poll(() => server.received).toEqual(["second", "third"]);
  expect(server.sessions).toEqual([null, "new-session"]);
  expect(server.starts[0]).toEqual({ projectId: "p" });
});

it("what another tab takes back is not sent by the one that it was written in", async () => {
  const server = newServer(false);
  const outbox = open(server);
  void outbox.send("one", "s");
  await expect.poll(() => outbox.messages.getState()[0]?.isWaiting).toBe(true);
  const other = open(server);
  await expect.poll(() => other.messages.getState()).toHaveLength(1);
  await expect.poll(() => other.messages.getState()[0]?.isWaiting).toBe(true);
  expect(await other.takeBack(other.messages.getState()[0]!.idempotencyKey)).toMatchObject({ text: "one" });
  await expect.poll(() => outbox.messages.getState()).toEqual([]);
  server.reachable = true;
  await outbox.send("two", "s");
  expect(server.received).toEqual(["two"]);
});

it("what somebody else left waits for them: it is not shown, not sent, and holds up nobody", async () => {
  const unreachable = newServer(false);
  const alices = open(unreachable, undefined, "alice");
  void alices.send("alice's", null);
  await expect.poll(() => alices.messages.getState().map(({ isWaiting }) => isWaiting)).toEqual([true]);
  for (const close of closing.splice(0)) close();
  const server = newServer(true);
  const bobs = open(server, undefined, "bob");
  await bobs.send("bob's", null);
  expect(server.received).toEqual(["bob's"]);
  expect(bobs.messages.getState()).toEqual([]);
  open(server, undefined, "alice");
  await expect.poll(() => server.received).toEqual(["bob's", "alice's"]);
});
