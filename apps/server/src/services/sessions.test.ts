import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isPiece } from "@trunkline/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readRows } from "../store/testing/raw-rows.ts";
import { readAll } from "../log/port.ts";
import {
  alice,
  bob,
  done,
  isTerminalEventOf,
  openScriptedServer,
  type Script,
  type ScriptedServer,
  untilAborted,
} from "../runner/testing/scripted-server.ts";

import { pino } from "pino";
import type { Store } from "../store/port.ts";
import { AbandonedSessions } from "./abandoned-sessions.ts";

describe("sessions", () => {
  let directory: string;
  let server: ScriptedServer;
  const scripts = new Map<string, Script>();

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "trunkline-sessions-"));
    scripts.clear();
    server = await openScriptedServer(directory, scripts);
  });
  afterEach(async () => {
    await server.close();
    await rm(directory, { recursive: true });
  });

  it("makes a thousand sessions of a thousand creates at once", async () => {
    const created = await Promise.all(
      Array.from({ length: 1_000 }, async (_, index) =>
        server.sessions.create(alice, { title: `s${index}` }),
      ),
    );
    expect(new Set(created.map((session) => session.id)).size).toBe(1_000);
    const titles = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await server.sessions.list(alice, { archived: false, limit: 200, cursor });
      for (const session of page.items) titles.add(session.title);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(titles.size).toBe(1_000);
  });

  it("answers for somebody else's session and task as for a missing one", async () => {
    const task = await server.submit("mine");
    await server.until(task.sessionId, isTerminalEventOf(task.id));
    const { sessionId } = task;
    const { signal } = new AbortController();
    const attempts: (() => Promise<unknown>)[] = [
      async () => server.sessions.get(bob, { sessionId }),
      async () => server.sessions.events(bob, { sessionId, limit: 10 }),
      async () => server.sessions.update(bob, { sessionId, title: "x" }),
      async () => server.sessions.fork(bob, { sessionId }),
      async () => server.sessions.delete(bob, { sessionId }),
      async () => server.sessions.subscribe(bob, { sessionId }, signal)[Symbol.asyncIterator]().next(),
      async () => server.tasks.submit(bob, { sessionId, prompt: "x", whenBusy: "enqueue" }),
      async () => server.tasks.list(bob, { sessionId, limit: 10 }),
      async () => server.tasks.get(bob, { taskId: task.id }),
      async () => server.tasks.cancel(bob, { taskId: task.id }),
      async () => server.tasks.retry(bob, { taskId: task.id }),
      async () => server.tasks.edit(bob, { taskId: task.id, prompt: "x" }),
      async () => server.tasks.move(bob, { taskId: task.id, beforeTaskId: null }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ reason: "not_found" });
    expect((await server.sessions.list(bob, { archived: false, limit: 10 })).items).toEqual([]);
    expect((await server.tasks.list(bob, { limit: 10 })).items).toEqual([]);
  });

  it.each([
    ["one line", "one line"],
    ["\n  first line\r\nsecond", "first line"],
    ["x".repeat(80), "x".repeat(80)],
    ["x".repeat(81), `${"x".repeat(79)}…`],
    [`${"x".repeat(78)} and more`, `${"x".repeat(78)}…`],
    // Both halves of a surrogate pair stay, or neither.
    [`${"x".repeat(78)}😀😀`, `${"x".repeat(78)}…`],
  ])("titles a session by its first prompt until somebody gives a better one: %j", async (prompt, title) => {
    const { sessionId } = await server.submit(prompt);
    const get = async () => (await server.sessions.get(alice, { sessionId })).session.title;
    expect(await get()).toBe(title);
    const { events } = await server.sessions.events(alice, { sessionId, limit: 1 });
    expect(events).toMatchObject([{ type: "session.created", data: { title } }]);
    await server.sessions.update(alice, { sessionId, title: "better" });
    await server.submit("another prompt", sessionId);
    expect(await get()).toBe("better");
  });

  it("renames, archives and finds sessions", async () => {
    const plain = await server.sessions.create(alice, { title: "100% Coverage" });
    const other = await server.sessions.create(alice, { title: "another" });
    await server.sessions.update(alice, { sessionId: other.id, title: "1000 things", archived: true });
    const list = async (input: { query?: string; archived?: boolean }) => {
      const page = await server.sessions.list(alice, { archived: false, limit: 10, ...input });
      return page.items.map((session) => session.id);
    };
    expect(await list({})).toEqual([plain.id]);
    expect(await list({ archived: true })).toEqual([other.id]);
    expect(await list({ query: "100% cov" })).toEqual([plain.id]);
    expect(await list({ query: "100%0" })).toEqual([]);
    expect(await list({ query: "thing", archived: true })).toEqual([other.id]);
    const { events } = await server.sessions.events(alice, { sessionId: other.id, limit: 10 });
    expect(events.at(-1)).toMatchObject({
      type: "session.updated",
      data: { title: "1000 things", archived: true },
    });
  });

  it("forks a prefix: same events, same seqs, unfinished work closed, a workspace of its own", async () => {
    scripts.set("long", async ({ sink, signal, workspace }) => {
      await mkdir(workspace, { recursive: true });
      await writeFile(join(workspace, "file"), "parent's");
      await sink.delta({ type: "text.delta", data: { blockId: "b", text: "half a sen" } });
      await sink.append([{ type: "tool.called", data: { callId: "c", tool: "bash", input: {} } }]);
      await sink.delta({ type: "tool.progress", data: { callId: "c", chunk: "seen" } });
      return untilAborted(signal);
    });
    const first = await server.submit("first");
    await server.until(first.sessionId, isTerminalEventOf(first.id));
    const second = await server.submit("long", first.sessionId);
    const parentEvents = await server.until(first.sessionId, (event) => event.type === "tool.progress");
    const fork = await server.sessions.fork(alice, { sessionId: first.sessionId });
    expect(fork).toMatchObject({
      parentId: first.sessionId,
      forkedAtSeq: parentEvents.at(-1)!.seq,
      status: "idle",
    });

    const { events } = await server.sessions.events(alice, { sessionId: fork.id, limit: 100 });
    const last = parentEvents.at(-1)!.seq;
    const withoutPieces = parentEvents.filter((event) => !isPiece(event));
    expect(events.filter((event) => event.seq <= last)).toEqual(
      withoutPieces.map((event) => ({ ...event, sessionId: fork.id })),
    );
    expect(events.filter((event) => event.seq > last).map(({ type, data }) => ({ type, data }))).toEqual([
      { type: "text.ended", data: { blockId: "b", text: "half a sen" } },
      {
        type: "tool.ended",
        data: { callId: "c", status: "interrupted", output: "seen", durationMs: expect.any(Number) },
      },
      { type: "task.canceled", data: { reason: "superseded", by: "fork" } },
      {
        type: "session.forked",
        data: expect.objectContaining({ parentId: first.sessionId, atSeq: last, title: "first" }),
      },
    ]);

    expect(await readFile(join(fork.workspace, "file"), "utf8")).toBe("parent's");
    await writeFile(join(fork.workspace, "file"), "fork's");
    const parent = await server.sessions.get(alice, { sessionId: first.sessionId });
    expect(await readFile(join(parent.session.workspace, "file"), "utf8")).toBe("parent's");
    expect((await server.tasks.get(alice, { taskId: second.id })).state).toBe("working");

    const inFork = await server.submit("more", fork.id);
    const forkEvents = await server.until(fork.id, isTerminalEventOf(inFork.id));
    expect(forkEvents.at(-1)!.seq).toBeGreaterThan(last);
    await server.tasks.cancel(alice, { taskId: second.id });
  });

  it("forks at an earlier event, and not past the end", async () => {
    const task = await server.submit("x");
    await server.until(task.sessionId, isTerminalEventOf(task.id));
    const fork = await server.sessions.fork(alice, { sessionId: task.sessionId, atSeq: 1, title: "early" });
    const { events } = await server.sessions.events(alice, { sessionId: fork.id, limit: 100 });
    expect(events.map((event) => event.type)).toEqual(["session.created", "session.forked"]);
    await expect(
      server.sessions.fork(alice, { sessionId: task.sessionId, atSeq: 999 }),
    ).rejects.toMatchObject({
      reason: "cursor_invalid",
    });
  });

  it("forks a log of many commits, and the fork again", async () => {
    const session = await server.sessions.create(alice, {});
    for (let batch = 0; batch < 13; batch++) {
      await server.log.append(
        session.id,
        Array.from({ length: 100 }, (_, index) => ({
          taskId: null,
          type: "notice" as const,
          // One in the middle exceeds a commit's share.
          data: {
            level: "info" as const,
            message: batch === 6 && index === 3 ? "x".repeat(2_000_000) : `${index}`,
          },
        })),
      );
    }
    const all = async (sessionId: string) => {
      const events = [];
      for await (const { sessionId: _, ...event } of readAll(server.log, sessionId)) events.push(event);
      return events;
    };
    const child = await server.sessions.fork(alice, { sessionId: session.id, atSeq: 1_250, title: "child" });
    const grandchild = await server.sessions.fork(alice, { sessionId: child.id });
    const original = await all(session.id);
    expect((await all(child.id)).slice(0, -1)).toEqual(original.slice(0, 1_250));
    expect((await all(grandchild.id)).slice(0, -2)).toEqual(original.slice(0, 1_250));
    expect(grandchild).toMatchObject({
      parentId: child.id,
      forkedAtSeq: 1_251,
      lastSeq: 1_252,
      title: "child",
    });
    const task = await server.submit("more", grandchild.id);
    await server.until(grandchild.id, isTerminalEventOf(task.id));
    expect(await all(session.id)).toEqual(original);
    expect((await server.tasks.list(alice, { sessionId: child.id, limit: 10 })).items).toEqual([]);
  });

  it("leaves nothing of a fork whose parent is deleted meanwhile", async () => {
    const { sessionId } = await server.submit("x");
    const { session } = await server.sessions.get(alice, { sessionId });
    await mkdir(session.workspace, { recursive: true });
    await writeFile(join(session.workspace, "file"), "x");
    const forking = server.sessions.fork(alice, { sessionId });
    const deleting = server.sessions.delete(alice, { sessionId });
    await expect(forking).rejects.toMatchObject({ reason: "not_found" });
    await deleting;
    expect(readRows(server.databasePath, "sessions")).toEqual([]);
    expect(readRows(server.databasePath, "events")).toEqual([]);
    expect(await readdir(join(directory, "workspaces"))).toEqual([]);
  });

  it("removes at the next start what was half deleted, imported or forked, one that cannot be removed apart", async () => {
    const kept = await server.sessions.create(alice, {});
    const ids = [];
    for (let index = 0; index < 3; index++) ids.push((await server.sessions.create(alice, {})).id);
    const entry = { userId: null, userName: null, tokenId: null, target: null, detail: null, address: null };
    for (const id of ids) {
      const audit = {
        id: randomUUID(),
        at: 1,
        action: "session.delete",
        decision: "allowed",
        count: 1,
      } as const;
      await server.store.sessions.hide({ id, at: 1, hiddenBy: "gone" }, { ...entry, ...audit });
    }
    const { sessions } = server.store;
    const found = await sessions.abandoned();
    expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    // No path can contain NUL.
    const stuck = { id: "\0", hiddenBy: null };
    const store = {
      ...server.store,
      sessions: {
        ...sessions,
        abandoned: async () => [stuck, ...found],
        adopt: async (one: typeof stuck, node: string) =>
          one === stuck ? undefined : sessions.adopt(one, node),
      },
    } as unknown as Store;
    const { runner } = server;
    const { checkpoints } = server.core;
    const logger = pino({ level: "silent" });
    const abandoned = new AbandonedSessions({
      store,
      dataDir: directory,
      runner,
      checkpoints,
      nodeId: "node",
      logger,
    });
    await expect(abandoned.remove()).rejects.toThrow("1 sessions could not be removed");
    expect(readRows(server.databasePath, "sessions")).toMatchObject([{ id: kept.id }]);
  });

  it("deletes a session: what runs ends, streams end, rows and files go", async () => {
    let aborted = false;
    scripts.set("long", async ({ signal }) => {
      return untilAborted(signal).finally(() => {
        aborted = true;
      });
    });
    const task = await server.submit("long");
    await server.submit("queued", task.sessionId);
    const { sessionId } = task;
    await server.until(sessionId, (event) => event.type === "task.started");
    const { session } = await server.sessions.get(alice, { sessionId });
    await mkdir(session.workspace, { recursive: true });
    const stream = server.sessions.subscribe(alice, { sessionId }, new AbortController().signal);
    const following = (async () => {
      for await (const batch of stream) void batch;
    })();
    const ended = expect(following).rejects.toMatchObject({ reason: "not_found" });
    await server.sessions.delete(alice, { sessionId });
    await ended;
    expect(aborted).toBe(true);
    await expect(server.sessions.get(alice, { sessionId })).rejects.toMatchObject({ reason: "not_found" });
    await expect(server.submit("late", sessionId)).rejects.toMatchObject({ reason: "not_found" });
    await expect(stat(session.workspace)).rejects.toMatchObject({ code: "ENOENT" });
    for (const table of ["events", "tasks"] as const) {
      const rows = readRows(server.databasePath, table);
      expect(rows).toEqual([]);
    }
  });

  it("exports a session as one document that imports to the same again, under new ids", async () => {
    scripts.set("rich", async ({ sink }) => {
      await sink.append([{ type: "step.started", data: { step: 1, model: "demo" } }]);
      await sink.delta({ type: "text.delta", data: { blockId: "b", text: "Hel" } });
      await sink.append([{ type: "text.ended", data: { blockId: "b", text: "Hello" } }]);
      return done("Hello");
    });
    const task = await server.submit("rich");
    await server.until(task.sessionId, isTerminalEventOf(task.id));
    const document = await server.sessions.export(alice, { sessionId: task.sessionId });
    const imported = await server.sessions.import(bob, {
      document: structuredClone(document),
      importKey: "k",
    });
    expect(imported.created).toBe(true);
    expect(imported.session.id).not.toBe(task.sessionId);
    const again = await server.sessions.export(bob, { sessionId: imported.session.id });
    const renamed = again.tasks[0]!.id;
    expect(renamed).not.toBe(task.id);
    expect(again.events.pop()).toMatchObject({ type: "session.imported", data: { title: "rich" } });
    expect(JSON.parse(JSON.stringify(again).replaceAll(renamed, task.id))).toEqual(document);

    const repeated = await server.sessions.import(bob, { document, importKey: "k" });
    expect(repeated).toMatchObject({ created: false, session: { id: imported.session.id } });
    expect((await server.sessions.list(bob, { archived: false, limit: 10 })).items).toHaveLength(1);
    expect((await server.search.query(bob, { text: "hello", limit: 10 })).items).toHaveLength(1);
  });

  it("exports and imports to the same bytes, whatever happened in the session", async () => {
    scripts.set("fails", async ({ sink }) => {
      await sink.append([
        {
          type: "tool.called",
          data: { callId: "c", tool: "bash", input: { command: "printf '\\0 \u2028 😀'" } },
        },
        { type: "tool.ended", data: { callId: "c", status: "failed", output: "\0\u2028😀", durationMs: 1 } },
      ]);
      const error = { code: "x", message: "no", retryable: true };
      return { type: "failed", reason: "error", error, usage: { inputTokens: 1, outputTokens: 2 } };
    });
    scripts.set("long", async ({ signal }) => untilAborted(signal));
    const failed = await server.submit("fails");
    const { sessionId } = failed;
    await server.until(sessionId, isTerminalEventOf(failed.id));
    const long = await server.submit("long", sessionId);
    const retried = await server.tasks.retry(alice, { taskId: failed.id });
    const last = await server.submit("last", sessionId);
    await server.tasks.move(alice, { taskId: last.id, beforeTaskId: retried.id });
    await server.tasks.edit(alice, { taskId: retried.id, prompt: "edited" });
    await server.sessions.update(alice, { sessionId, title: "Renamed — “ünïcode”", archived: true });
    await server.tasks.cancel(alice, { taskId: long.id });
    await server.until(sessionId, isTerminalEventOf(retried.id));

    const exported = JSON.stringify(await server.sessions.export(alice, { sessionId }));
    const imported = await server.sessions.import(bob, { document: JSON.parse(exported) as never });
    const again = await server.sessions.export(bob, { sessionId: imported.session.id });
    // The import's own event comes last, and is all that is new.
    expect(again.events.pop()?.type).toBe("session.imported");
    let text = JSON.stringify(again);
    expect(text).not.toContain(failed.id);
    const original = (JSON.parse(exported) as typeof again).tasks;
    for (const [index, { id }] of again.tasks.entries()) text = text.replaceAll(id, original[index]!.id);
    expect(text).toBe(exported);
  });

  it("closes what an imported document leaves unfinished", async () => {
    scripts.set("long", async ({ sink, signal }) => {
      await sink.delta({ type: "text.delta", data: { blockId: "b", text: "half" } });
      return untilAborted(signal);
    });
    const task = await server.submit("long");
    await server.until(task.sessionId, (event) => event.type === "text.delta");
    const document = await server.sessions.export(alice, { sessionId: task.sessionId });
    const { session } = await server.sessions.import(alice, { document });
    expect(session.status).toBe("idle");
    const { events } = await server.sessions.events(alice, { sessionId: session.id, limit: 100 });
    expect(events.slice(-3).map((event) => event.type)).toEqual([
      "text.ended",
      "task.canceled",
      "session.imported",
    ]);
    await server.tasks.cancel(alice, { taskId: task.id });
  });

  it("refuses a document whose events are not of the contract, and keeps nothing of it", async () => {
    const session = await server.sessions.create(alice, {});
    const document = await server.sessions.export(alice, { sessionId: session.id });
    const event = document.events[0]!;
    const bad = [
      [event, { ...event, seq: event.seq }],
      [{ ...event, type: "session.exploded" }],
      [{ ...event, data: { title: 7 } }],
    ];
    for (const events of bad) {
      await expect(
        server.sessions.import(alice, { document: { ...document, events } }),
      ).rejects.toMatchObject({ reason: "validation_failed" });
    }
    expect(readRows(server.databasePath, "sessions")).toMatchObject([{ id: session.id }]);
  });

  it("refuses cursors that are not of this session", async () => {
    const session = await server.sessions.create(alice, {});
    const stream = server.sessions.subscribe(
      alice,
      { sessionId: session.id, lastEventId: 5_000 },
      new AbortController().signal,
    );
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ reason: "cursor_invalid" });
    await expect(
      server.sessions.list(alice, { archived: false, limit: 5, cursor: "bm9uc2Vuc2U" }),
    ).rejects.toMatchObject({ reason: "cursor_invalid" });
  });
});
