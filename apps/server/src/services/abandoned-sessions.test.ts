import { expect, it, onTestFinished, vi } from "vitest";
import { alice, openScriptedServer } from "../runner/testing/scripted-server.ts";
import { readRows } from "../store/testing/raw-rows.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";

it("removes later what a deletion could not, such as for a disk's error", async () => {
  const directory = await TemporaryDirectory.create();
  const server = await openScriptedServer(directory.path, new Map());
  const { abandoned, checkpoints } = server.core;
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  onTestFinished(async () => {
    vi.useRealTimers();
    await abandoned.stop();
    await server.close();
    await directory[Symbol.asyncDispose]();
  });
  const { id: sessionId } = await server.sessions.create(alice, {});
  abandoned.start();
  // That of the start is over.
  await abandoned.remove();
  const removing = vi.spyOn(checkpoints, "remove").mockRejectedValueOnce(new Error("EIO"));
  await expect(server.sessions.delete(alice, { sessionId })).rejects.toThrow("EIO");
  removing.mockRestore();
  await expect(server.sessions.get(alice, { sessionId })).rejects.toMatchObject({ reason: "not_found" });
  vi.advanceTimersByTime(10_000);
  expect(readRows(server.databasePath, "sessions")).toMatchObject([{ id: sessionId }]);
  vi.advanceTimersByTime(60_000);
  await expect.poll(() => readRows(server.databasePath, "sessions")).toEqual([]);
});
