import { followSession } from "@trunkline/client";
import { isTerminalEvent, collectUntil, FakeProvider, ServerFixture } from "@trunkline/testkit";
import type { EventBatch, SessionEvent } from "@trunkline/contract";
import { expect, it } from "vitest";
import { isData, readData } from "./frame-fields.ts";
import { SseConnection } from "./sse-connection.ts";
import { TokenReader } from "./token-reader.ts";

it("receives what followSession receives, every event once and in order", async () => {
  await using provider = await FakeProvider.start();
  await using server = await ServerFixture.start({ env: provider.serverEnv });
  const { id: sessionId } = await server.client.session.create.mutate({});
  // Both are there before anything is said: of an answer that has ended, the log keeps no pieces.
  const [following, connected] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const followed = collectUntil(
    "the task's end",
    followSession(server.client, { sessionId }),
    ({ events }) => {
      following.resolve();
      return events.some(isTerminalEvent);
    },
  );

  const lean: SessionEvent[] = [];
  const tokens = new TokenReader();
  const ended = Promise.withResolvers<void>();
  const { hostname, port } = new URL(server.url);
  const connection = new SseConnection(
    {
      host: hostname,
      port: Number(port),
      path: `/trpc/session.subscribe?input=${encodeURIComponent(JSON.stringify({ sessionId }))}`,
      headers: { authorization: `Bearer ${server.token}` },
    },
    {
      onFrame(frame) {
        tokens.onFrame(frame);
        if (isData(frame)) {
          connected.resolve();
          lean.push(...(readData(frame) as EventBatch).events);
        }
        if (tokens.ending !== undefined) ended.resolve();
      },
      onEnd: ended.reject,
    },
  );
  await Promise.all([following.promise, connected.promise]);
  await server.client.task.submit.mutate({ sessionId, prompt: "tokens: 300 @ 1000/s" });
  await ended.promise;
  connection.close();

  expect(lean).toEqual((await followed).flatMap(({ events }) => events));
  expect(tokens.ending).toBe("task.completed");
  expect(tokens.latenciesUs).toHaveLength(300);
});
