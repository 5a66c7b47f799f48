import type { TrunklineClient } from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import { beforeEach, expect, it, vi } from "vitest";
import type { KeptSession } from "./kept-sessions.ts";

const stored = vi.hoisted(() => new Map<string, unknown>());
vi.mock("../text/kept.ts", () => ({
  Shelf: class {
    read = async (key: string): Promise<unknown> => stored.get(key) ?? null;
    keys = async (): Promise<string[]> => [...stored.keys()];
    write = async (key: string, value: unknown): Promise<boolean> => {
      stored.set(key, value);
      return true;
    };
    forget = async (...keys: string[]): Promise<void> => {
      for (const key of keys) stored.delete(key);
    };
  },
}));
beforeEach(() => {
  stored.clear();
  vi.resetModules();
});

const copyOf = (id: string): KeptSession => ({
  session: { id } as KeptSession["session"],
  tasks: [],
  approvals: [],
  events: [],
  hasOlder: false,
});
const held = (): string[] => [...stored.keys()].filter((key) => key !== "index").toSorted();

it("keeps nothing of a deleted session, though the page that showed it is left only now", async () => {
  const { keepSession, forgetDeleted } = await import("./kept-sessions.ts");
  for (const id of ["a", "b"]) await keepSession(copyOf(id));
  await forgetDeleted("a");
  expect(held()).toEqual(["b"]);
  await keepSession(copyOf("a"));
  expect(held()).toEqual(["b"]);
});

it("keeps nothing once signed out: neither what no index names, nor what a page is left with", async () => {
  const { keepSession, keepSessionList, forgetSessions } = await import("./kept-sessions.ts");
  await keepSession(copyOf("a"));
  await keepSessionList([]);
  // Another tab wrote the index at the same moment.
  stored.set("index", []);
  await forgetSessions();
  expect([...stored.keys()]).toEqual([]);
  await keepSession(copyOf("a"));
  await keepSessionList([]);
  expect([...stored.keys()]).toEqual([]);
});

it("a list that is told of a deletion forgets the copy", async () => {
  const { keepSession } = await import("./kept-sessions.ts");
  const { SessionListSource } = await import("../sessions/session-list-source.ts");
  await keepSession(copyOf("a"));
  const client = {
    session: { list: { query: async () => ({ items: [], nextCursor: null }) } },
  } as unknown as TrunklineClient;
  const stop = new SessionListSource(
    client,
    () => {},
    () => {},
  ).start();
  const other = new BroadcastChannel("trunkline:activity:null");
  other.postMessage({ type: "batch", batch: { sessions: [], removed: ["a"], reset: false } });
  await expect.poll(held).not.toContain("a");
  other.close();
  stop();
});

it("asks for those that no list names, and forgets what is no more", async () => {
  const { keepSession } = await import("./kept-sessions.ts");
  const { TrunklineApiError } = await import("@trunkline/client");
  const { sweepSessions } = await import("../sessions/sweep-sessions.ts");
  for (const id of ["listed", "archived", "deleted", "unreached"]) await keepSession(copyOf(id));
  const asked: string[] = [];
  const events = async ({ sessionId }: { sessionId: string }): Promise<{ events: SessionEvent[] }> => {
    asked.push(sessionId);
    if (sessionId === "unreached") throw new Error("offline");
    if (sessionId === "archived") return { events: [] };
    throw new TrunklineApiError({
      message: "No such session",
      code: -32004,
      data: { reason: "not_found", httpStatus: 404, code: "NOT_FOUND" } as never,
    });
  };
  await sweepSessions({ session: { events: { query: events } } } as unknown as TrunklineClient, [
    { id: "listed" },
  ]);
  expect(asked.toSorted()).toEqual(["archived", "deleted", "unreached"]);
  expect(held()).toEqual(["archived", "listed", "unreached"]);
});
