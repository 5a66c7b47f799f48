import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import {
  checkAgents,
  checkConsumer,
  checkDiskBudget,
  checkGit,
  checkModel,
  checkNetwork,
  checkSandbox,
  checkToolchains,
  checkVersion,
} from "./check-server.ts";
import { unknownModel } from "./testing/unknown-model.ts";

it("warns of answers that no model gives", () => {
  expect(checkModel({ model: "demo", demo: true }, { models: [], providers: [] }).level).toBe("warn");
});

it.each([
  ["was not asked", null, [], "ok", /^ollama:qwen3$/],
  ["has it", true, ["other", "qwen3"], "ok", /^ollama:qwen3$/],
  [
    "does not answer",
    false,
    [],
    "warn",
    /^ollama:qwen3: ollama does not list its models\. Check that it runs/,
  ],
  ["has others", true, ["a", "b"], "warn", /lists no such model; it has ollama:a, ollama:b\. Get it there/],
  ["has none", true, [], "warn", /lists no such model; it has none\. Get it there/],
] as const)("the default model's server %s", (_name, isReachable, ids, level, says) => {
  const models = ids.map((id) => unknownModel("ollama", id));
  const providers = [{ name: "ollama", kind: "openai-compatible", key: "none" as const, isReachable }];
  const finding = checkModel({ model: "ollama:qwen3", demo: false }, { models, providers });
  expect(finding).toMatchObject({ level, message: expect.stringMatching(says) as string });
});

it.each([
  [{ mode: "auto", active: true, reason: null }, "ok", "run in a sandbox"],
  [{ mode: "auto", active: false, reason: "no bubblewrap" }, "warn", "no bubblewrap"],
  [{ mode: "off", active: false, reason: null }, "warn", "turned off"],
] as const)("sandbox %o: %s", (sandbox, level, says) => {
  expect(checkSandbox({ sandbox })).toMatchObject({ level, message: expect.stringContaining(says) });
});

it("says which git there is, or why there are no projects", () => {
  expect(checkGit({ version: "2.39.5", reason: null })).toEqual({
    check: "git",
    level: "ok",
    message: "2.39.5",
  });
  expect(checkGit({ version: null, reason: "git is not installed" })).toMatchObject({
    level: "warn",
    message: "no projects: git is not installed",
  });
});

it("F6: notices that the server is another version", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(checkVersion("http://x", version).level).toBe("ok");
  const older = checkVersion("http://x", "0.0.1");
  expect(older.level).toBe("warn");
  expect(older.message).toContain(`version 0.0.1; this command is version ${version}`);
});

it("says which toolchains commands find", () => {
  const programs = [
    { name: "node", path: "/usr/bin/node" },
    { name: "go", path: "/opt/go/bin/go" },
  ];
  expect(checkToolchains(programs)).toMatchObject({
    level: "ok",
    message: "node (/usr/bin/node), go (/opt/go/bin/go)",
  });
  expect(checkToolchains([]).level).toBe("warn");
});

it.each([
  [{ waiting: 0, lagMs: 0, failures: 0 }, "ok", "up to date"],
  [{ waiting: 12, lagMs: 300, failures: 0 }, "ok", "up to date"],
  [{ waiting: 12, lagMs: 125_000, failures: 0 }, "warn", "12 events behind, the oldest 2 min 05 s old"],
  [{ waiting: 1, lagMs: 5, failures: 3 }, "warn", "failed 3 times in a row"],
] as const)("consumer %o: %s", (state, level, says) => {
  expect(checkConsumer({ name: "search", ...state })).toMatchObject({
    level,
    message: expect.stringContaining(says) as string,
  });
});

it("says what commands reach, and warns where that is everything", () => {
  const sandboxed = { active: true };
  expect(checkNetwork("allowlist", sandboxed)).toMatchObject({ level: "ok" });
  expect(checkNetwork("off", sandboxed)).toMatchObject({ level: "ok" });
  expect(checkNetwork("on", sandboxed)).toMatchObject({ level: "warn" });
  expect(checkNetwork("off", { active: false })).toEqual({
    check: "network",
    level: "warn",
    message: "commands reach whatever this machine does",
  });
});

it("says which other agents can be used, once there is one", () => {
  const missing = { name: "acp:codex", needs: "'codex-acp' is not installed" };
  expect(checkAgents([{ name: "default", needs: null }, missing])).toEqual([]);
  expect(checkAgents([{ name: "acp:opencode", needs: null }, missing])).toMatchObject([
    { level: "ok", message: "acp:opencode can be used; acp:codex: 'codex-acp' is not installed" },
  ]);
});

it("warns of a disk budget that is nearly used up, and fails where no task is taken any more", () => {
  const levelAt = (usedBytes: number | null) => checkDiskBudget({ usedBytes, budgetBytes: 1_000 }).level;
  expect([null, 799, 800, 999, 1_000].map(levelAt)).toEqual(["ok", "ok", "warn", "warn", "fail"]);
  expect(checkDiskBudget({ usedBytes: 850, budgetBytes: 1_000 }).message).toContain("(85 %)");
});
