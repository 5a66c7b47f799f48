import { expect, it } from "vitest";
import { CallNames, toolName } from "./call-names.ts";

it("keeps ids that providers take, and makes them distinct", () => {
  const names = new CallNames();
  const long = "x".repeat(300);
  const claimed = ["call_0", "call_0", "call_0-2", "call_0", "", "", "ü:1", long, `${long}y`].map((id) =>
    names.claim(id),
  );
  expect(claimed.slice(0, 2)).toEqual(["call_0", "call_0-2"]);
  expect(new Set(claimed).size).toBe(claimed.length);
  for (const name of claimed) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
});

it.each([
  ["file_read", "file_read"],
  ["mcp:git.log", "mcp_git_log"],
  ["", "unknown_tool"],
  ["  ", "unknown_tool"],
  ["y".repeat(80), "y".repeat(64)],
])("names the tool %j", (name, expected) => {
  expect(toolName(name)).toBe(expected);
});
