import type { Session } from "@trunkline/contract";
import { expect, it } from "vitest";
import { withChanges } from "./session-list-source.ts";

const session = (id: string, updatedAt: number, archivedAt: number | null = null): Session =>
  ({ id, updatedAt, archivedAt, title: `${id}${updatedAt}` }) as Session;
const ids = (sessions: readonly Session[]): string => sessions.map(({ id }) => id).join("");
const list = [session("a", 30), session("b", 20), session("c", 10)];

it("puts what changed first, whatever the clock says", () => {
  expect(ids(withChanges(list, [session("c", 11)], []))).toBe("cab");
  expect(ids(withChanges(list, [session("b", 5)], []))).toBe("bac");
  expect(ids(withChanges(list, [session("new", 1)], []))).toBe("newabc");
});

it("leaves in its place what was told of without a change, and shows it as it is now", () => {
  const same = { ...session("b", 20), title: "as it is now" };
  const changed = withChanges(list, [same], []);
  expect(ids(changed)).toBe("abc");
  expect(changed[1]?.title).toBe("as it is now");
});

it("leaves out what is gone or archived", () => {
  expect(ids(withChanges(list, [session("a", 40, 41)], ["c"]))).toBe("b");
});
