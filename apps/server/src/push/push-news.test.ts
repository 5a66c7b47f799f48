import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Store, StoredDraft } from "../store/port.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { auditRecord } from "../store/testing/audit-record.ts";
import { createVisibleSession } from "../store/testing/session-log.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { pushNews } from "./push-news.ts";

let directory: TemporaryDirectory;
let store: Store;
let userId: string;
let noted: number;
beforeEach(async () => {
  directory = await TemporaryDirectory.create();
  store = await openSqliteStore({
    path: directory.join("db"),
    now: Date.now,
    onFatal(error) {
      throw error;
    },
  });
  userId = await newUser("alice");
  noted = 0;
  await store.outbox.register(news());
});
afterEach(async () => {
  await store.close();
  await directory[Symbol.asyncDispose]();
});

const news = () => pushNews({ store, noted: () => (noted += 1) });

/** With a device. */
async function newUser(name: string): Promise<string> {
  const id = randomUUID();
  await store.users.create({ id, name, createdAt: 1, removedAt: null }, auditRecord());
  const names = { name: "t", kind: "api", scope: "write", parentId: null } as const;
  await store.tokens.add({ id, userId: id, ...names, hash: id, createdAt: 1, expiresAt: null });
  const told = { lastSuccessAt: null, lastFailureAt: null, failure: null };
  const device = { id, userId: id, tokenId: id, host: "h", endpointHash: id, sealed: "s", device: name };
  await store.pushes.put({ ...device, createdAt: 1, ...told }, { limit: 9, at: 1 });
  return id;
}

async function subagentOf(rootSessionId: string): Promise<string> {
  const id = randomUUID();
  const ids = { sessionId: rootSessionId, taskId: randomUUID(), rootSessionId, rootTaskId: randomUUID() };
  const data = { title: "part", model: null, agent: "default", parent: ids };
  await store.append(id, [{ taskId: null, type: "session.created", data }], { ownerId: userId });
  return id;
}

/** Appends a task that comes to this, and hands what the outbox has to the consumer. */
async function happens(sessionId: string, ...ends: StoredDraft[]): Promise<void> {
  for (const end of ends) {
    const taskId = randomUUID();
    await store.append(sessionId, [
      { taskId, type: "task.submitted", data: { prompt: "p", model: null, whenBusy: "enqueue" } },
      { taskId, type: "task.started", data: { attempt: 1 } },
      { ...end, taskId },
    ]);
  }
  const { entries, place } = await store.outbox.page("pushes", 99);
  await news().handle(entries, new AbortController().signal);
  await store.outbox.claim("pushes", "node", 60_000);
  if (place !== undefined) await store.outbox.advance("pushes", "node", place);
}

const waiting = async () =>
  (
    await store.pushes.due({
      at: Date.now(),
      limit: 99,
      except: { subscriptionIds: [], userIds: [], hosts: [] },
    })
  ).map(({ delivery: { kind, sessionId, inSessionId } }) => ({ kind, sessionId, inSessionId }));

const needs = (reason: "approval" | "question" | "limit"): StoredDraft => ({
  taskId: null,
  type: "task.input-required",
  data: { reason },
});
const canceled = (reason: "user" | "superseded" | "budget"): StoredDraft => ({
  taskId: null,
  type: "task.canceled",
  data: { reason, by: "somebody" },
});
const completed: StoredDraft = { taskId: null, type: "task.completed", data: { result: "done" } };

it.each<[string, StoredDraft, string[]]>([
  ["an approval", needs("approval"), ["approval"]],
  ["a question", needs("question"), ["question"]],
  ["a limit that ends by itself", needs("limit"), []],
  ["an end", completed, ["completed"]],
  ["what a person canceled", canceled("user"), []],
  ["what another task replaced", canceled("superseded"), []],
  ["what a budget stopped", canceled("budget"), ["canceled"]],
])("%s", async (_, end, kinds) => {
  const sessionId = await createVisibleSession(store, userId);
  await happens(sessionId, end);
  expect(await waiting()).toEqual(kinds.map((kind) => ({ kind, sessionId, inSessionId: sessionId })));
  expect(noted).toBe(kinds.length);
});

it("what a subagent asks leads to the session that it works for; how it ends is that one's affair", async () => {
  const root = await createVisibleSession(store, userId);
  const inSessionId = await subagentOf(root);
  await happens(inSessionId, completed);
  expect(await waiting()).toEqual([]);
  await happens(inSessionId, needs("approval"));
  expect(await waiting()).toEqual([{ kind: "approval", sessionId: root, inSessionId }]);
});

it("of one session the last counts; nothing of one that was deleted, and of its owner alone", async () => {
  await newUser("bob");
  const [sessionId, gone] = [
    await createVisibleSession(store, userId),
    await createVisibleSession(store, userId),
  ];
  const taskId = randomUUID();
  await store.append(gone, [
    { taskId, type: "task.submitted", data: { prompt: "p", model: null, whenBusy: "enqueue" } },
    { taskId, type: "task.started", data: { attempt: 1 } },
    { ...completed, taskId },
  ]);
  await store.sessions.hide({ id: gone, at: 1, hiddenBy: "node" }, auditRecord());
  await happens(sessionId, completed, needs("question"));
  expect(await waiting()).toEqual([{ kind: "question", sessionId, inSessionId: sessionId }]);
});
