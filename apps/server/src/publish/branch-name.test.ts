import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { constantFrom, sample, string } from "fast-check";
import { expect, test } from "vitest";
import { requireBranchName } from "./branch-name.ts";

test.each(["trunkline/fix-login", "a", "Fix_1.2", "ünïcode/日本", "a@b", "feature/x.y/z", "x{y}"])(
  "%j is a branch",
  (name) => expect(requireBranchName(name)).toBe(name),
);

test.each([
  "",
  "-f",
  "--force",
  "a..b",
  "a b",
  "a~1",
  "a^",
  "a:b",
  "a?",
  "a*",
  "a[b",
  "a\\b",
  "a@{1}",
  "@",
  "HEAD",
  "head",
  "refs/heads/main",
  "/a",
  "a/",
  "a//b",
  ".a",
  "a/.b",
  "a.",
  "a.lock",
  "a.lock/b",
  "a\nb",
  "a\u0000b",
  "a\u202eb",
  "x".repeat(201),
])("%j is none", (name) => {
  expect(() => requireBranchName(name)).toThrow(/can't be the name of a branch/);
});

const UNITS = Array.from("ab/.-@{}~^:lock*[?\\ \n");

test("whatever it lets through, git takes as a branch, too", async () => {
  const names = sample(string({ unit: constantFrom(...UNITS), maxLength: 9 }), {
    numRuns: 3_000,
    seed: 1,
  });
  const allowed = [...new Set(names)].filter((name) => {
    try {
      return requireBranchName(name) === name;
    } catch {
      return false;
    }
  });
  expect(allowed.length).toBeGreaterThan(50);
  const script = 'for name; do git check-ref-format --branch "$name" >/dev/null || echo "$name"; done';
  const { stdout } = await promisify(execFile)("sh", ["-c", script, "sh", ...allowed.slice(0, 300)]);
  expect(stdout).toBe("");
});
