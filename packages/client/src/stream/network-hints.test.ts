import { afterEach, expect, it, vi } from "vitest";
import { createClient } from "../client.ts";
import { followSession } from "../follow-session.ts";
import type { FollowState } from "./stream-options.ts";
import { startProtocolServer, textEvent } from "../testing/protocol-server.ts";

/** What a page has and Node lacks, built on Node's EventTarget. */
function stubPage(): { window: EventTarget; document: EventTarget & { visibilityState: string } } {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: "hidden" });
  vi.stubGlobal("document", document);
  vi.stubGlobal("addEventListener", window.addEventListener.bind(window));
  vi.stubGlobal("removeEventListener", window.removeEventListener.bind(window));
  return { window, document };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

it("tries again at once when the network is back or the page is looked at", async () => {
  const { window, document } = stubPage();
  await using server = await startProtocolServer((subscriber, count) => {
    if (count <= 2) subscriber.fail(503, "", { "retry-after": "300" });
    else subscriber.open().send({ events: [textEvent(count)], live: true });
  });
  const hints = [
    () => window.dispatchEvent(new Event("online")),
    () => {
      document.dispatchEvent(new Event("visibilitychange"));
      document.visibilityState = "visible";
      document.dispatchEvent(new Event("visibilitychange"));
    },
  ];
  const attempts: number[] = [];
  const onState = ({ status, attempt }: FollowState): void => {
    if (status === "waiting") setImmediate(() => hints.shift()?.());
    if (status === "connecting") attempts.push(attempt);
  };
  // Longer than the test may take: only the hints end it.
  const backoff = { minMs: 600_000, maxMs: 600_000 };
  const batches = followSession(createClient({ url: server.url }), { sessionId: "s", onState, backoff });
  expect((await batches.next()).value).toMatchObject({ events: [{ seq: 3 }] });

  // A connection from before belongs to another network, however alive it looks.
  const next = batches.next();
  window.dispatchEvent(new Event("online"));
  expect((await next).value).toMatchObject({ events: [{ seq: 4 }] });
  // What failed on the network from before does not count.
  expect(attempts).toEqual([1, 1, 1, 1]);
  await batches.return();
});

it("looks often for a server that gives no answer while somebody looks at the page, and else takes its time", async () => {
  const { document } = stubPage();
  const backoff = { minMs: 900, maxMs: 60_000 };
  const firstWait = async (visibilityState: string, isCut: boolean): Promise<number> => {
    document.visibilityState = visibilityState;
    await using server = await startProtocolServer((subscriber) => {
      if (isCut) subscriber.response.socket?.destroy();
      else subscriber.fail(503, "");
    });
    const stop = new AbortController();
    let waited = 0;
    const onState = ({ status, retryInMs }: FollowState): void => {
      if (status !== "waiting") return;
      waited = retryInMs;
      queueMicrotask(() => stop.abort());
    };
    const options = { sessionId: "s", signal: stop.signal, onState, backoff, random: () => 1 };
    await followSession(createClient({ url: server.url }), options).next();
    return waited;
  };
  expect(await firstWait("visible", true)).toBe(1_000);
  expect(await firstWait("visible", false)).toBe(1_800);
  expect(await firstWait("hidden", true)).toBe(1_800);
});
