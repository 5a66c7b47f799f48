import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ActivityBatch } from "@trunkline/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { alice, bob, openScriptedServer, type ScriptedServer } from "../runner/testing/scripted-server.ts";

describe("activity", () => {
  let directory: string;
  let server: ScriptedServer;
  const controller = new AbortController();

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "trunkline-activity-"));
    server = await openScriptedServer(directory, new Map());
  });
  afterEach(async () => {
    await server.close();
    await rm(directory, { recursive: true });
  });

  it("tells the caller how a session stands whenever that changed, then that it is gone; and nobody else", async () => {
    const { signal } = controller;
    const mine = server.activity.subscribe(alice, signal)[Symbol.asyncIterator]();
    const theirs = server.activity.subscribe(bob, signal)[Symbol.asyncIterator]();
    expect((await mine.next()).value).toEqual({ sessions: [], removed: [], reset: true });
    expect((await theirs.next()).value).toEqual({ sessions: [], removed: [], reset: true });

    const task = await server.submit("hello");
    const seen: ActivityBatch[] = [];
    for (;;) {
      const { value } = (await mine.next()) as { value: ActivityBatch };
      seen.push(value);
      if (value.sessions.some((session) => session.currentTask?.state === "completed")) break;
    }
    expect(seen.flatMap((batch) => batch.sessions.map((session) => session.id))).toEqual(
      seen.map(() => task.sessionId),
    );
    await server.sessions.delete(alice, { sessionId: task.sessionId });
    for (;;) {
      const { value } = (await mine.next()) as { value: ActivityBatch };
      if (value.removed.includes(task.sessionId)) break;
    }

    const own = await server.sessions.create(bob, { title: "bob's" });
    const { value } = (await theirs.next()) as { value: ActivityBatch };
    expect(value.sessions.map((session) => session.id)).toEqual([own.id]);
    controller.abort();
    expect((await theirs.next()).done).toBe(true);
  });
});
