import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient, followSession } from "@trunkline/client";
import { expect, test } from "vitest";
import {
  assertLogHolds,
  assertOnlySession,
  assertReceivedEqualsLog,
  collectUntil,
  cutAfter,
  FakeProvider,
  isTerminalEvent,
  readLog,
  say,
  ServerFixture,
  ToxicProxy,
} from "./index.ts";

const hasEnded = ({ events }: { events: Parameters<typeof isTerminalEvent>[0][] }) =>
  events.some(isTerminalEvent);

test("the real server runs what the fake provider says, and both logs agree", async () => {
  await using provider = await FakeProvider.start();
  await using server = await ServerFixture.start({ env: provider.serverEnv });
  provider.enqueue(
    say.reply(say.reasoning("A file first."), say.toolCall("write_file", { path: "a.txt", content: "hi" })),
    say.reply(say.toolCall("bash", { command: "cat a.txt" })),
    say.reply(say.text("All ", "done.")),
  );
  const { sessionId } = await server.client.task.submit.mutate({ prompt: "write and read a file" });
  const batches = await collectUntil("the end", followSession(server.client, { sessionId }), hasEnded);

  const log = await readLog(server.client, sessionId);
  assertLogHolds(log);
  assertOnlySession(log, sessionId);
  assertReceivedEqualsLog(
    batches.flatMap(({ events }) => events),
    log,
  );
  const { session } = await server.client.session.get.query({ sessionId });
  expect(await readFile(join(session.workspace, "a.txt"), "utf8")).toBe("hi");
  expect(provider.requests.map(({ messages }) => messages.at(-1))).toMatchObject([
    { role: "user" },
    { role: "tool", tool_call_id: "call_000001_0" },
    { role: "tool", tool_call_id: "call_000002_0", content: expect.stringContaining("hi") as unknown },
  ]);
});

test("a subscriber behind the proxy outlives cuts and kill -9 of the server, without gap or duplicate", async () => {
  await using provider = await FakeProvider.start();
  await using server = await ServerFixture.start({ env: provider.serverEnv });
  await using proxy = await ToxicProxy.start({ target: server.url });
  // More after each cut: what waits may be one piece that is longer than the first ones let through.
  proxy.toxics = () => [cutAfter(3_000 * (1 + proxy.counts.cut))];
  const subscriber = createClient({ url: proxy.url, token: server.token });
  // It does not end before the kill, however late that comes.
  provider.enqueue(say.reply(say.tokens(100, 300), say.stall()));
  const { sessionId } = await server.client.task.submit.mutate({ prompt: "tokens: 600 @ 300/s" });
  const backoff = { minMs: 10, maxMs: 50 };
  const begun = Promise.withResolvers<void>();
  const collecting = collectUntil("the end", followSession(subscriber, { sessionId, backoff }), (batch) => {
    if (batch.events.some(({ type }) => type === "text.delta")) begun.resolve();
    return hasEnded(batch);
  });
  // If following fails, report that.
  await Promise.race([collecting, begun.promise]);
  await server.kill();
  await server.restart();

  const received = (await collecting).flatMap(({ events }) => events);
  const log = await readLog(server.client, sessionId);
  assertReceivedEqualsLog(received, log);
  assertLogHolds(log);
  expect(log.filter(({ type }) => type === "task.interrupted")).toHaveLength(1);
  expect(proxy.counts.cut).toBeGreaterThan(0);
});
