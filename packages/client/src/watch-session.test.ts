import type { EventBatch } from "@trunkline/contract";
import { expect, it } from "vitest";
import { isApiError } from "./api-error.ts";
import { createClient } from "./client.ts";
import { startProtocolServer, textEvent } from "./testing/protocol-server.ts";
import { watchSession } from "./watch-session.ts";

it("hands batches over one by one, and stops when told", async () => {
  const gone = Promise.withResolvers<void>();
  await using server = await startProtocolServer((subscriber) => {
    subscriber.open();
    for (const seq of [1, 2, 3]) subscriber.send({ events: [textEvent(seq)], live: true });
    void subscriber.closed.then(() => gone.resolve());
  });
  const batches: EventBatch[] = [];
  const stop = watchSession(createClient({ url: server.url }), {
    sessionId: "s",
    onBatch: async (batch) => {
      await new Promise((resolve) => setImmediate(resolve));
      batches.push(batch);
      if (batches.length === 2) stop();
    },
    onError: (error) => expect.unreachable(String(error)),
  });
  await gone.promise;
  expect(batches.map(({ events }) => events[0]?.seq)).toEqual([1, 2]);
});

it("hands over why it ended", async () => {
  await using server = await startProtocolServer((subscriber) => subscriber.fail(404, ""));
  const error = await new Promise((onError) => {
    watchSession(createClient({ url: server.url }), { sessionId: "s", onBatch: () => {}, onError });
  });
  expect(isApiError(error, "not_found")).toBe(true);
});
