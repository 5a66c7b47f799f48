import { expect, it } from "vitest";
import { callKind, isRead, toolWords } from "./tool-words.ts";

const words = (call: Parameters<typeof toolWords>[0]): string => {
  const { verb, target } = toolWords(call);
  return `${verb}|${target}`;
};

it("goes by what a call says about itself, whatever its tool is called", () => {
  expect(words({ tool: "shell_exec", toolKind: "execute", title: "npm test", input: {} })).toBe(
    "Ran|npm test",
  );
  expect(
    words({ tool: "str_replace", toolKind: "edit", locations: [{ path: "a.ts", line: 3 }], input: {} }),
  ).toBe("Edited|a.ts");
  expect(words({ tool: "bash", toolKind: "think", title: "Plan", input: { command: "x" } })).toBe(
    "Thought|Plan",
  );
  expect(words({ tool: "plan", toolKind: "think", title: "1 of 3 steps done", input: {} })).toBe(
    "Plan|1 of 3 steps done",
  );
  expect(words({ tool: "ask_user", input: { question: "Red?" } })).toBe("Asked|Red?");
  expect(isRead({ tool: "grep", toolKind: "search" })).toBe(true);
});

it("goes by the tool's name in logs from before calls said so", () => {
  expect(words({ tool: "bash", input: { command: "ls\npwd" } })).toBe("Ran|ls …");
  expect(words({ tool: "list_files", input: {} })).toBe("Listed|.");
  expect(words({ tool: "write_file", input: { path: "a", content: "b" } })).toBe("Wrote|a");
  expect(words({ tool: "deploy", input: { to: "prod" } })).toBe("deploy|prod");
  expect(words({ tool: null, input: null })).toBe("Tool call|");
  expect(callKind({ tool: "constructor" })).toBe("other");
});
