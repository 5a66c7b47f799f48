import { expect, it, onTestFinished, vi } from "vitest";
import { alice, openScriptedServer, type ScriptedServer } from "../runner/testing/scripted-server.ts";
import { StoreUnavailableError } from "../store/port.ts";
import { readRows } from "../store/testing/raw-rows.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";

/** A server whose abandoned sessions are looked for as the test lets time pass. */
async function openServer(): Promise<ScriptedServer> {
  const directory = await TemporaryDirectory.create();
  const server = await openScriptedServer(directory.path, new Map());
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  onTestFinished(async () => {
    vi.useRealTimers();
    await server.core.abandoned.stop();
    await server.close();
    await directory[Symbol.asyncDispose]();
  });
  return server;
}

it("removes later what a deletion could not, such as for a disk's error", async () => {
  const server = await openServer();
  const { abandoned, checkpoints } = server.core;
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

it("removes later what an import or a fork that failed could not, and tells what it failed for", async () => {
  const server = await openServer();
  const { abandoned, checkpoints } = server.core;
  const { id: sessionId } = await server.sessions.create(alice, {});
  abandoned.start();
  // That of the start is over.
  await abandoned.remove();
  const removing = vi.spyOn(checkpoints, "remove").mockRejectedValue(new Error("the second fault"));

  const forking = vi.spyOn(checkpoints, "fork").mockRejectedValueOnce(new Error("the first fault"));
  await expect(server.sessions.fork(alice, { sessionId })).rejects.toThrow("the first fault");
  forking.mockRestore();
  const input = { document: await server.sessions.export(alice, { sessionId }), importKey: "K" };
  const importing = vi.spyOn(server.log, "append").mockRejectedValueOnce(new Error("the first fault"));
  await expect(server.sessions.import(alice, input)).rejects.toThrow("the first fault");
  importing.mockRestore();
  await expect(server.sessions.import(alice, input)).rejects.toMatchObject({ reason: "unavailable" });
  expect(readRows(server.databasePath, "sessions")).toHaveLength(3);

  removing.mockRestore();
  vi.advanceTimersByTime(60_000);
  await abandoned.remove();
  expect(readRows(server.databasePath, "sessions")).toHaveLength(1);
  expect(await server.sessions.import(alice, input)).toMatchObject({ created: true });
});

it("a fork or import whose last commit was stored, though nobody was told, stays, with all that it has", async () => {
  const server = await openServer();
  const { abandoned } = server.core;
  const { id: sessionId } = await server.sessions.create(alice, { title: "kept" });
  abandoned.start();
  await abandoned.remove();
  const append = server.log.append.bind(server.log);
  const unknown = async (...args: Parameters<typeof append>): Promise<never> => {
    await append(...args);
    throw new StoreUnavailableError("unavailable", "no answer");
  };
  const input = { document: await server.sessions.export(alice, { sessionId }), importKey: "K" };
  const appending = vi.spyOn(server.log, "append");
  appending.mockImplementationOnce(unknown);
  await expect(server.sessions.fork(alice, { sessionId })).rejects.toThrow("no answer");
  appending.mockImplementationOnce(unknown);
  await expect(server.sessions.import(alice, input)).rejects.toThrow("no answer");
  vi.advanceTimersByTime(60_000);
  await abandoned.remove();

  const { items } = await server.sessions.list(alice, { archived: false, limit: 10 });
  expect(items.map(({ title }) => title)).toEqual(["kept", "kept", "kept"]);
  for (const { id } of items) {
    const { events } = await server.sessions.events(alice, { sessionId: id, limit: 10 });
    expect(events.length).toBeGreaterThan(0);
    await server.store.sessions.remove(id);
    expect((await server.sessions.events(alice, { sessionId: id, limit: 10 })).events).toEqual(events);
  }
  expect(await server.sessions.import(alice, input)).toMatchObject({ created: false });
});
