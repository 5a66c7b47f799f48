import type { SessionEvent } from "@trunkline/contract";
import { expect, it } from "vitest";
import { NO_SMALL_DISK, SmallDisk } from "../store/testing/small-disk.ts";
import {
  alice,
  isTerminalEventOf,
  openScriptedServer,
  type Script,
  untilAborted,
} from "./testing/scripted-server.ts";

const isTextDelta = (event: SessionEvent): boolean => event.type === "text.delta";

it("ends and deletes what it must on a full disk, refuses the rest, and goes on when there is room", async (test) => {
  await using disk = await SmallDisk.mount(32);
  if (disk === undefined) return test.skip(NO_SMALL_DISK);
  const diskIsFull = Promise.withResolvers<void>();
  const scripts = new Map<string, Script>([
    [
      "writes",
      async ({ sink }) => {
        await sink.delta({ type: "text.delta", data: { blockId: "b", text: "before" } });
        await diskIsFull.promise;
        for (;;) {
          const message = "x".repeat(50_000);
          await sink.append([{ type: "notice", data: { level: "info", message } }]);
        }
      },
    ],
    ["waits", async ({ signal }) => untilAborted(signal)],
  ]);
  const server = await openScriptedServer(disk.path, scripts);
  const { tasks, sessions } = server;
  const large = await server.submit("large");
  for (let index = 0; index < 100; index++) {
    await server.log.append(large.sessionId, [
      { taskId: null, type: "notice", data: { level: "info", message: "x".repeat(50_000) } },
    ]);
  }
  const writing = await server.submit("writes");
  const waiting = await server.submit("waits");
  const queued = await server.submit("after", waiting.sessionId);
  await server.until(writing.sessionId, isTextDelta);
  await server.until(waiting.sessionId, (event) => event.type === "task.started");

  disk.fill();
  diskIsFull.resolve();
  const events = await server.until(writing.sessionId, isTerminalEventOf(writing.id));
  expect(events.at(-1)).toMatchObject({
    type: "task.failed",
    data: { error: { code: "storage_full", retryable: true } },
  });
  expect(events.find((event) => event.type === "text.ended")?.data).toEqual({ blockId: "b", text: "before" });
  await expect(server.submit("refused")).rejects.toMatchObject({ reason: "storage_full" });
  expect(await tasks.cancel(alice, { taskId: waiting.id })).toMatchObject({ state: "canceled" });
  // There is no space for its start event; it stays queued, and gets its turn later.
  expect(await tasks.get(alice, { taskId: queued.id })).toMatchObject({ state: "submitted" });

  // Deleting frees space in the database, though not on the disk.
  await sessions.delete(alice, { sessionId: large.sessionId });
  await server.until(waiting.sessionId, isTerminalEventOf(queued.id));
  expect(await tasks.get(alice, { taskId: queued.id })).toMatchObject({ state: "completed" });

  disk.makeRoom();
  const later = await server.submit("later");
  await server.until(later.sessionId, isTerminalEventOf(later.id));
  await server.close();
  return undefined;
});
