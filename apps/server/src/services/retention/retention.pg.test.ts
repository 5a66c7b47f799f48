import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PostgresServer } from "@trunkline/testkit";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  alice,
  isTerminalEventOf,
  type ScriptedNode,
  startScriptedNode,
  untilAborted,
} from "../../runner/testing/scripted-node.ts";
import { usedBytes } from "../../ops/used-bytes.ts";
import { GuardFailedError } from "../../store/port.ts";
import { openPostgresStore } from "../../store/postgres/postgres-store.ts";
import { openSqliteStore } from "../../store/sqlite/sqlite-store.ts";
import { notice } from "../../store/testing/session-log.ts";
import { TemporaryDirectory } from "../../store/testing/temporary-directory.ts";
import { DAY_MS, type RetentionPolicy } from "./policy.ts";
import { Retention } from "./retention.ts";

const HOUR_MS = DAY_MS / 24;
const POLICY: RetentionPolicy = { archivedDays: 10, idleDays: 30, maxBytes: null, unpublished: "keep" };

describe.each(["SQLite", "PostgreSQL"])("retention: %s", (engine) => {
  let directory: TemporaryDirectory;
  let postgres: PostgresServer | undefined;
  let node: ScriptedNode;
  beforeAll(async () => {
    directory = await TemporaryDirectory.create();
    postgres = engine === "PostgreSQL" ? await PostgresServer.start() : undefined;
    const store =
      postgres === undefined
        ? await openSqliteStore({ path: directory.join("db"), now: Date.now, onFatal: () => undefined })
        : await openPostgresStore({
            url: await postgres.createDatabase(),
            node: "test",
            now: Date.now,
            logger: pino({ level: "silent" }),
          });
    node = await startScriptedNode({
      store,
      directory: directory.path,
      scripts: new Map([["wait", async ({ signal }) => untilAborted(signal)]]),
    });
  });
  afterAll(async () => {
    await node.close();
    await postgres?.[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });

  /** Days from now, as retention sees the time. */
  let days = 0;

  function retention(
    policy = POLICY,
    nodeId = node.nodeId,
    hasWork = (_sessionId: string): boolean => false,
  ) {
    return new Retention({
      ...node.core,
      store: node.store,
      dataDir: directory.path,
      policy,
      usedBytes,
      announcer: node.announcer,
      findUnpublishedWork: async ({ sessionId }) =>
        hasWork(sessionId)
          ? { files: { total: 1, first: ["a"] }, commits: { total: 0, first: [] }, unknown: null }
          : null,
      now: () => node.store.now() + days * DAY_MS,
      nodeId,
      lastSignAt: undefined,
      logger: pino({ level: "silent" }),
    });
  }

  /** Lets the time go by as it does while a server runs. */
  async function goOn(to: number, by: Retention): Promise<void> {
    for (; days < to; days += 0.5) await by.look();
    await by.look();
  }

  const exists = async (sessionId: string) =>
    (await node.store.sessions.find(alice.userId, sessionId)) !== undefined;

  async function ended(prompt = "x"): Promise<string> {
    const { id, sessionId } = await node.submit(prompt);
    await node.until(sessionId, isTerminalEventOf(id));
    return sessionId;
  }

  async function inProject(): Promise<string> {
    const id = randomUUID();
    const projectId = "01900000-0000-7000-8000-0000000000aa";
    const created = { title: "t", model: null, agent: "default", projectId, workspaceKind: "clone" } as const;
    const prepared = { kind: "clone", projectId, baseCommit: "a".repeat(40) } as const;
    await node.store.append(
      id,
      [
        { taskId: null, type: "session.created", data: created },
        { taskId: null, type: "workspace.prepared", data: prepared },
      ],
      { ownerId: alice.userId },
    );
    return id;
  }

  it("removes those idle for longest while all together are too large, archived ones first", async () => {
    days = 0;
    const largeFile = Buffer.alloc(3_000_000, "x");
    const large = async (sessionId: string): Promise<string> => {
      const workspace = join(directory.path, "workspaces", sessionId);
      await mkdir(workspace, { recursive: true });
      await writeFile(join(workspace, "file"), largeFile);
      return sessionId;
    };
    const idle = await large(await ended());
    const unpublished = await large(await inProject());
    const busy = await large((await node.submit("wait")).sessionId);
    const idleLess = await large(await ended());
    const archived = await large(await ended());
    await node.sessions.update(alice, { sessionId: archived, archived: true });
    const all = [idle, unpublished, busy, idleLess, archived];
    const look = async (by: Retention): Promise<string[]> => {
      await by.look();
      const present = await Promise.all(all.map(exists));
      return all.filter((_, index) => present[index]);
    };
    const bySize = (maxBytes: number) =>
      retention(
        { archivedDays: null, idleDays: null, maxBytes, unpublished: "keep" },
        node.nodeId,
        (id) => id === unpublished,
      );

    const used = (await bySize(1).preview({ days: 0, limit: 1 })).usedBytes ?? 0;
    expect(used).toBeGreaterThan(5 * largeFile.length);
    // Something happened in them within a day.
    expect(await look(bySize(1))).toEqual(all);
    await goOn(2, bySize(used + 1_000_000));
    expect(await look(bySize(used + 1_000_000))).toEqual(all);

    const oneTooMuch = bySize(used - 1_000_000);
    const preview = await oneTooMuch.preview({ days: 0, limit: 9 });
    expect(preview.items).toMatchObject([{ sessionId: archived, reason: "size", kept: null }]);
    expect(await look(oneTooMuch)).toEqual([idle, unpublished, busy, idleLess]);
    expect(await look(oneTooMuch)).toEqual([idle, unpublished, busy, idleLess]);
    expect(await node.store.audit.page({ action: "session.delete", limit: 1 })).toMatchObject([
      { target: archived, detail: "retention: size" },
    ]);
    expect(await look(bySize(used - 4_000_000))).toEqual([unpublished, busy, idleLess]);
    expect(await look(bySize(1))).toEqual([unpublished, busy]);
    for (const sessionId of [unpublished, busy]) {
      await node.sessions.delete(alice, { sessionId, discardWork: true });
    }
  });

  it("removes what is due with its files, and leaves what is busy, unpublished or a subagent still works in", async () => {
    days = 0;
    const [archived, idle] = [await ended(), await ended()];
    const { sessionId: busy } = await node.submit("wait");
    // Its last sign, by which the sessions are in order.
    await node.until(busy, ({ type }) => type === "task.started");
    const [unpublished, published] = [await inProject(), await inProject()];
    await node.sessions.update(alice, { sessionId: archived, archived: true });
    const child = randomUUID();
    const parent = { sessionId: idle, taskId: "t", rootSessionId: idle, rootTaskId: "t" };
    await node.store.append(
      child,
      [
        {
          taskId: null,
          type: "session.created",
          data: { title: "c", model: null, agent: "default", parent },
        },
      ],
      { ownerId: alice.userId },
    );
    const workspace = join(directory.path, "workspaces", archived);
    await mkdir(workspace, { recursive: true });
    const byPolicy = retention(POLICY, node.nodeId, (id) => id === unpublished);

    await goOn(9, byPolicy);
    expect(await exists(archived)).toBe(true);
    expect((await byPolicy.preview({ days: 2, limit: 10 })).items).toMatchObject([
      { sessionId: archived, reason: "archived", kept: null, ownerName: null },
    ]);
    await goOn(11, byPolicy);
    expect(await exists(archived)).toBe(false);
    expect(existsSync(workspace)).toBe(false);
    expect(await node.store.audit.page({ action: "session.delete", limit: 1 })).toMatchObject([
      { target: archived, detail: "retention: archived", userId: null, decision: "allowed" },
    ]);
    expect(await exists(idle)).toBe(true);

    const preview = await byPolicy.preview({ days: 25, limit: 3 });
    expect(preview).toMatchObject({ policy: POLICY, hold: null, omitted: 1 });
    expect(Object.fromEntries(preview.items.map(({ sessionId, kept }) => [sessionId, kept]))).toMatchObject({
      [idle]: null,
      [busy]: "busy",
    });
    await goOn(31, byPolicy);
    expect(await Promise.all([idle, child, published, busy, unpublished].map(exists))).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
    const { items } = await byPolicy.preview({ days: 0, limit: 9 });
    expect(new Set(items.map(({ sessionId, kept }) => `${sessionId} ${kept}`))).toEqual(
      new Set([`${busy} busy`, `${unpublished} unpublished`]),
    );
    await retention({ ...POLICY, unpublished: "discard" }, node.nodeId, () => true).look();
    expect(await Promise.all([busy, unpublished].map(exists))).toEqual([true, false]);
  });

  it("removes nothing when the time has jumped, until it has gone steadily for a week", async () => {
    days = 0;
    const byPolicy = retention();
    await byPolicy.look();
    const sessionId = await ended();
    days = 4_000;
    await byPolicy.look();
    expect(await exists(sessionId)).toBe(true);
    const { hold, items } = await byPolicy.preview({ days: 0, limit: 9 });
    expect(items.find((item) => item.sessionId === sessionId)).toMatchObject({ removeAt: hold?.until });
    expect(Math.round((hold?.gapMs ?? 0) / DAY_MS)).toBeGreaterThan(3_900);
    await goOn(4_006.5, byPolicy);
    expect(await exists(sessionId)).toBe(true);
    await goOn(4_008, byPolicy);
    expect(await exists(sessionId)).toBe(false);
  });

  it("leaves a session that somebody comes back to at the last moment, and one that another node has the turn for", async () => {
    const sessionId = await ended();
    const { store } = node;
    const all = { archivedBefore: null, idleBefore: store.now() + HOUR_MS, limit: 100 };
    const stale = (await store.retention.stale(all)).find(({ id }) => id === sessionId);
    if (stale === undefined) throw new Error("the session is not stale");
    await store.append(sessionId, [notice("back")]);
    const entry = node.core.audit.entry({ by: null, action: "late", decision: "allowed" });
    await expect(store.retention.retire(stale, { at: 1, nodeId: node.nodeId }, entry)).rejects.toThrow(
      GuardFailedError,
    );
    expect(await exists(sessionId)).toBe(true);
    expect(await store.audit.page({ action: "late", limit: 1 })).toEqual([]);

    expect(await store.retention.claim("another", HOUR_MS)).toBe(false);
    const before = await store.retention.clock();
    await retention(POLICY, "another").look();
    expect(await store.retention.clock()).toEqual(before);
  });
});
