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
  const onState = ({ status }: FollowState): void => {
    if (status === "waiting") setImmediate(() => hints.shift()?.());
  };
  const batches = followSession(createClient({ url: server.url }), { sessionId: "s", onState });
  expect((await batches.next()).value).toMatchObject({ events: [{ seq: 3 }] });

  // A connection from before belongs to another network, however alive it looks.
  const next = batches.next();
  window.dispatchEvent(new Event("online"));
  expect((await next).value).toMatchObject({ events: [{ seq: 4 }] });
  await batches.return();
});
