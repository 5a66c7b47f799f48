import type { SessionEvent } from "@trunkline/contract";
import { expect, it } from "vitest";
import { fileChanges } from "./file-changes.ts";
import { lineDiff } from "../text/line-diff.ts";

let seq = 0;
function event(type: SessionEvent["type"], data: object): SessionEvent {
  seq += 1;
  return { sessionId: "s", taskId: "t", seq, at: seq, type, data } as SessionEvent;
}
const called = (tool: string, input: object): SessionEvent =>
  event("tool.called", { callId: `c${seq}`, tool, input });
const changed = (path: string, change: string, additions: number, deletions: number): SessionEvent =>
  event("file.changed", { path, change, additions, deletions });

it("puts what happened to a file together, the last changed first", () => {
  const changes = fileChanges([
    called("write_file", { path: "a.txt", content: "one\ntwo\n" }),
    changed("a.txt", "created", 2, 0),
    called("write_file", { path: "./b.txt", content: "b" }),
    changed("b.txt", "created", 1, 0),
    called("edit_file", { path: "a.txt", oldText: "two", newText: "2\n3" }),
    changed("a.txt", "modified", 2, 1),
  ]);
  expect(changes).toMatchObject([
    { path: "a.txt", change: "created", additions: 4, deletions: 1 },
    { path: "b.txt", change: "created", additions: 1, deletions: 0 },
  ]);
  expect(changes.map(({ edits }) => edits.map(({ diff }) => diff))).toEqual([
    ["+ one\n+ two", "- two\n+ 2\n+ 3"],
    ["+ b"],
  ]);
});

it("tells of changes whose call has not been read, without their lines", () => {
  expect(fileChanges([changed("x", "deleted", 0, 3)])).toMatchObject([
    { path: "x", change: "deleted", deletions: 3, edits: [{ diff: null }] },
  ]);
});

it("shows of an edit what changed, and a little around it", () => {
  const before = ["1", "2", "3", "4", "5", "6", "7", "8", "9"].join("\n");
  expect(lineDiff(before, before.replace("5", "five"))).toBe(
    ["  2", "  3", "  4", "- 5", "+ five", "  6", "  7", "  8"].join("\n"),
  );
  expect(lineDiff("", "new\n")).toBe("+ new");
  expect(lineDiff("old", "")).toBe("- old");
  expect(lineDiff("a\na", "a\na\na")).toBe("  a\n  a\n+ a");
});
