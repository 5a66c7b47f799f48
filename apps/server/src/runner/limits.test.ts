import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  alice,
  bob,
  done,
  isTerminalEventOf,
  openScriptedServer,
  type Script,
  type ScriptedServer,
} from "./testing/scripted-server.ts";

const HOUR_MS = 3_600_000;

describe("K13: a task that waits for a limit", () => {
  let directory: string;
  let server: ScriptedServer;
  let scripts: Map<string, Script>;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "trunkline-limits-"));
    scripts = new Map();
    server = await openScriptedServer(directory, scripts, 1);
  });
  afterEach(async () => {
    await server.close();
    await rm(directory, { recursive: true });
  });

  /** Waits at its first start, and completes at its second. */
  function limited(until: number): Script {
    let starts = 0;
    const message = "The provider is rate limiting";
    return async () =>
      ++starts === 1
        ? { type: "input-required", approvals: [], questions: [], limit: { until, message } }
        : done("after the limit");
  }

  it("leaves its slot to others, says until when and why, and can be tried now, after a restart too", async () => {
    const until = Date.now() + HOUR_MS;
    scripts.set("limited", limited(until));
    const task = await server.submit("limited");
    const waits = await server.until(task.sessionId, ({ type }) => type === "task.input-required");
    expect(waits.at(-1)?.data).toEqual({ reason: "limit", until, message: "The provider is rate limiting" });
    const other = await server.submit("another session, in the only slot");
    await server.until(other.sessionId, isTerminalEventOf(other.id));
    await server.close();
    server = await openScriptedServer(directory, scripts, 1);
    expect(await server.tasks.get(alice, { taskId: task.id })).toMatchObject({
      state: "input-required",
      reason: "limit",
    });
    await expect(server.tasks.resume(bob, { taskId: task.id })).rejects.toMatchObject({
      reason: "not_found",
    });

    await server.tasks.resume(alice, { taskId: task.id });
    const events = await server.until(task.sessionId, isTerminalEventOf(task.id));
    expect(events.map(({ type }) => type).slice(-3)).toEqual([
      "task.released",
      "task.resumed",
      "task.completed",
    ]);
    // A second request comes too late, and changes nothing.
    expect(await server.tasks.resume(alice, { taskId: task.id })).toMatchObject({ state: "completed" });
    expect((await server.log.read(task.sessionId, { limit: 100 })).events).toEqual(events);
  });

  it("resumes by itself once the limit is over", async () => {
    scripts.set("limited", limited(Date.now() + 10));
    const task = await server.submit("limited");
    const events = await server.until(task.sessionId, isTerminalEventOf(task.id));
    expect(events.at(-1)).toMatchObject({ type: "task.completed", data: { result: "after the limit" } });
    expect(events.some(({ type }) => type === "task.released")).toBe(false);
  });

  it("can be canceled", async () => {
    scripts.set("limited", limited(Date.now() + HOUR_MS));
    const task = await server.submit("limited");
    await server.until(task.sessionId, ({ type }) => type === "task.input-required");
    expect(await server.tasks.cancel(alice, { taskId: task.id })).toMatchObject({ state: "canceled" });
  });
});
