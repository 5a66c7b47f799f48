import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type SessionDocument, TrunklineError } from "@trunkline/contract";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { actForRequest, actForTasksOf, requestIsOf } from "../fairness/caller.ts";
import { KeyLock } from "../locks/port.ts";
import { alice, openScriptedServer, type ScriptedServer } from "../runner/testing/scripted-server.ts";
import { readRows } from "../store/testing/raw-rows.ts";
import { inTurn } from "./in-turn.ts";
import { removeUser } from "./remove-user.ts";

/** A request of somebody who is shut out as soon as they were let in. */
async function asShutOut<Result>(work: () => Promise<Result>): Promise<Result> {
  return actForRequest("request", async () => {
    requestIsOf(alice.userId, async () => {
      throw new TrunklineError("unauthorized", "shut out");
    });
    return work();
  });
}

it("what was asked for is not done once the caller was shut out while it waited for its turn", async () => {
  const store = { turns: new KeyLock() };
  const done: string[] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const first = inTurn(store, "a", async () => gate);
  const waiting = [
    asShutOut(async () => inTurn(store, "a", async () => done.push("shut out"))),
    inTurn(store, "a", async () => done.push("other")),
    // A task goes on, whoever has submitted it.
    asShutOut(async () =>
      actForTasksOf(alice.userId, async () => inTurn(store, "a", async () => done.push("task"))),
    ),
  ];
  open();
  await first;
  expect((await Promise.allSettled(waiting)).map(({ status }) => status)).toEqual([
    "rejected",
    "fulfilled",
    "fulfilled",
  ]);
  expect(done).toEqual(["other", "task"]);
});

describe("what takes minutes is not finished for who was shut out meanwhile, and leaves nothing", () => {
  let directory: string;
  let server: ScriptedServer;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "trunkline-shut-out-"));
    server = await openScriptedServer(directory, new Map());
  });
  afterAll(async () => {
    await server.close();
    await rm(directory, { recursive: true });
  });
  const stored = () => readRows(server.databasePath, "sessions").length;

  it.each([undefined, "key"])("an import, key: %s", async (importKey) => {
    const created = {
      seq: 1,
      taskId: null,
      at: 1,
      type: "session.created",
      data: { title: "t", model: null },
    };
    const document = {
      format: "trunkline.session",
      version: 1,
      session: { title: "t", agent: "default", model: null, createdAt: 1, updatedAt: 1 },
      tasks: [],
      events: [created],
    } as unknown as SessionDocument;
    const source = Readable.from([Buffer.from(JSON.stringify(document))]);
    const before = stored();
    await expect(
      asShutOut(async () => server.sessions.importStream(alice, source, { importKey })),
    ).rejects.toMatchObject({ reason: "unauthorized" });
    expect(stored()).toBe(before);
  });

  it("a session is not deleted", async () => {
    const { id: sessionId } = await server.sessions.create(alice, { title: randomUUID() });
    await expect(
      asShutOut(async () => server.sessions.delete(alice, { sessionId, discardWork: false })),
    ).rejects.toMatchObject({ reason: "unauthorized" });
    expect((await server.sessions.get(alice, { sessionId })).session.id).toBe(sessionId);
  });

  it("a user is not removed", async () => {
    const recordRevocation = vi.fn();
    const deps = {
      ...server,
      audit: server.core.audit,
      auth: { recordRevocation },
      findUnpublishedWork: async () => null,
    };
    await expect(
      asShutOut(async () =>
        removeUser(deps as never, alice, { userId: alice.userId, deleteSessions: true, discardWork: false }),
      ),
    ).rejects.toMatchObject({ reason: "unauthorized" });
    expect(recordRevocation).not.toHaveBeenCalled();
  });

  it("a fork", async () => {
    const { id: sessionId } = await server.sessions.create(alice, { title: randomUUID() });
    const before = stored();
    await expect(asShutOut(async () => server.sessions.fork(alice, { sessionId }))).rejects.toMatchObject({
      reason: "unauthorized",
    });
    expect(stored()).toBe(before);
  });
});
