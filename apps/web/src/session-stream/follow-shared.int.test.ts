import { createClient, type FollowState, type TrunklineClient } from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import {
  assertReceivedEqualsLog,
  FakeProvider,
  isTerminalEvent,
  readLog,
  ServerFixture,
  waitFor,
} from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { followShared } from "./follow-shared.ts";

/** A server and several tabs of one browser: Node has the same locks and channels. */
let provider: FakeProvider;
let server: ServerFixture;
beforeAll(async () => {
  provider = await FakeProvider.start();
  server = await ServerFixture.start({ env: provider.serverEnv });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

interface Tab {
  received: SessionEvent[];
  states: FollowState["status"][];
  /** Streams opened by this tab itself. */
  streams: number;
  /** Resolves when the n-th task has ended. */
  ended(count: number): Promise<void>;
  close(): Promise<void>;
}

function openTab(sessionId: string, after = 0): Tab {
  const closing = new AbortController();
  const waiting = new Set<() => void>();
  const tab: Tab = {
    received: [],
    states: [],
    streams: 0,
    async ended(count) {
      while (tab.received.filter(isTerminalEvent).length < count) {
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    },
    async close() {
      closing.abort();
      await done;
    },
  };
  const client: TrunklineClient = createClient({
    url: server.url,
    token: server.token,
    fetch: (input, init) => {
      if (typeof input === "string" && input.includes("session.subscribe")) tab.streams += 1;
      return fetch(input, init);
    },
  });
  const done = (async () => {
    const onState = ({ status }: FollowState): void => void tab.states.push(status);
    const batches = followShared(client, { sessionId, after, signal: closing.signal, onState });
    for await (const { events } of batches) {
      tab.received.push(...events);
      for (const wake of waiting) wake();
      waiting.clear();
    }
  })();
  return tab;
}

async function submit(prompt: string, sessionId?: string): Promise<string> {
  return (await server.client.task.submit.mutate({ prompt, sessionId })).sessionId;
}

it("has one tab read for all of them, and each gets everything once", async () => {
  const sessionId = await submit("tokens: 40 @ 200/s");
  const tabs = [openTab(sessionId), openTab(sessionId), openTab(sessionId)];
  await Promise.all(tabs.map((tab) => tab.ended(1)));
  const log = await readLog(server.client, sessionId);
  for (const tab of tabs) assertReceivedEqualsLog(tab.received, log);
  expect(tabs.reduce((sum, tab) => sum + tab.streams, 0)).toBe(1);
  await Promise.all(tabs.map((tab) => tab.close()));
});

it("hands over to another tab when the one that reads is closed, without a gap and without a repetition", async () => {
  const sessionId = await submit("tokens: 200 @ 200/s");
  const first = openTab(sessionId);
  const others = [openTab(sessionId), openTab(sessionId)];
  await waitFor("the first events", () => first.received.length > 0);
  await first.close();
  await waitFor("another to read", () => others.some((tab) => tab.streams > 0));
  await submit("tokens: 20 @ 200/s", sessionId);
  await Promise.all(others.map((tab) => tab.ended(2)));
  const log = await readLog(server.client, sessionId);
  for (const tab of others) assertReceivedEqualsLog(tab.received, log);
  expect(others.map((tab) => tab.streams).toSorted((a, b) => a - b)).toEqual([0, 1]);
  await Promise.all(others.map((tab) => tab.close()));
});

it("gives a tab that comes later what was told before it was there", async () => {
  const sessionId = await submit("reply: one");
  const first = openTab(sessionId);
  await first.ended(1);
  await submit("reply: two", sessionId);
  await first.ended(2);
  const late = openTab(sessionId);
  await late.ended(2);
  await submit("reply: three", sessionId);
  await Promise.all([first.ended(3), late.ended(3)]);
  const log = await readLog(server.client, sessionId);
  for (const tab of [first, late]) assertReceivedEqualsLog(tab.received, log);
  expect(late.streams).toBe(0);
  await Promise.all([first.close(), late.close()]);
});

it("keeps more sessions live than there may be streams", async () => {
  const sessions = await Promise.all(Array.from({ length: 6 }, () => submit("tokens: 60 @ 100/s")));
  const tabs = sessions.map((sessionId) => openTab(sessionId));
  await Promise.all(tabs.map((tab) => tab.ended(1)));
  for (const [index, tab] of tabs.entries()) {
    assertReceivedEqualsLog(tab.received, await readLog(server.client, sessions[index] ?? ""));
  }
  expect(tabs.filter((tab) => tab.streams > 0)).toHaveLength(3);
  await Promise.all(tabs.map((tab) => tab.close()));
});

it("ends with an error where asking again cannot help, in every tab", async () => {
  const nowhere = "01900000-0000-7000-8000-000000000001";
  const client = createClient({ url: server.url, token: server.token });
  const follow = async (): Promise<void> => {
    const options = { sessionId: nowhere, after: 0, signal: new AbortController().signal, onState: () => {} };
    for await (const _ of followShared(client, options));
  };
  await expect(follow()).rejects.toMatchObject({ reason: "not_found" });
  await expect(follow()).rejects.toMatchObject({ reason: "not_found" });
});
