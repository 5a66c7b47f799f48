import { expect, it } from "vitest";
import { leftOutLine } from "./left-out.ts";

const none = { count: 0, paths: [] };

it("says what a backup does not have, and nothing where it has everything", () => {
  expect(leftOutLine({ closed: none, gone: none })).toBe("");
  expect(leftOutLine({ closed: { count: 1, paths: ["workspaces/a/secret"] }, gone: none })).toBe(
    "Not in the backup: 1 file or directory that a command has closed to the server (workspaces/a/secret)\n",
  );
});

it("names some, counts all, and writes nothing to the terminal but text", () => {
  const closed = { count: 2, paths: ["a\u001B[2J", "b"] };
  const gone = { count: 1_000, paths: ["c", "d", "e", "f"] };
  const line = leftOutLine({ closed, gone });
  expect(line).toContain("2 files and directories that a command has closed to the server (a");
  expect(line).toContain(
    "; 1000 files and directories that went while they were copied (c, d, e and 997 more)",
  );
  expect(line).not.toContain("\u001B");
});
