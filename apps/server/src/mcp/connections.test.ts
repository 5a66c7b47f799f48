import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Connections } from "./connections.ts";
import type { McpDefinition } from "./port.ts";
import type { SupervisedServer } from "./supervised-server.ts";

let now = 0;
let connections: Connections;
beforeEach(() => {
  now = 0;
  connections = new Connections({
    definitions: undefined as never,
    openTransportFor: () => async () => Promise.reject(new Error("not in this test")),
    version: "1",
    logger: pino({ level: "silent" }),
    now: () => now++,
  });
});
afterEach(async () => connections.stop());

const use = (ownerId: string, id: number): SupervisedServer | null =>
  connections.use(ownerId, { id: String(id), name: String(id), revision: "1" } as McpDefinition);

function fill(users: number, each: number): void {
  for (let user = 0; user < users; user++) for (let id = 0; id < each; id++) use(`user ${user}`, id);
}

const connectionsOf = (ownerId: string): number[] =>
  Array.from({ length: 64 }, (_, id) => id).filter((id) => connections.find(ownerId, String(id)) !== null);

const keepBusy = (server: SupervisedServer | null): void =>
  void Object.defineProperty(server, "isBusy", { value: true });

it("of one user are so many", () => {
  fill(1, 64);
  expect(use("user 0", 64)).toBeNull();
  expect(connectionsOf("user 0")).toHaveLength(64);
});

it("that a few users fill make room for others: the one of whoever has most that was not used for longest", () => {
  fill(8, 64);
  const first = connections.find("user 0", "0");
  if (first !== null) first.lastUsedAt = now;
  expect(use("late", 0)).not.toBeNull();
  expect(connectionsOf("user 0")).not.toContain(1);
  expect(connectionsOf("user 0")).toHaveLength(63);
  for (let id = 1; id < 64; id++) expect(use("late", id) === null).toBe(id >= 56);
  const counts = Array.from({ length: 8 }, (_, user) => connectionsOf(`user ${user}`).length);
  expect(counts.reduce((sum, count) => sum + count, connectionsOf("late").length)).toBe(512);
  expect(Math.min(...counts)).toBe(57);
});

it("that work make room last, and nobody makes room for whoever has as many", () => {
  fill(8, 64);
  for (let id = 0; id < 64; id++) keepBusy(connections.find("user 0", String(id)));
  expect(use("late", 0)).not.toBeNull();
  expect(connectionsOf("user 0")).toHaveLength(64);
  expect(connectionsOf("user 1")).toHaveLength(63);
  expect(use("user 1", 0)).toBeNull();
  expect(connectionsOf("user 2")).toHaveLength(64);
});
