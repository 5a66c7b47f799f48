import { execFile } from "node:child_process";
import { expect, it } from "vitest";
import { InitializeResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { describeFault } from "./fault.ts";

const ended = new Error("It ended");

it("says what a program complained of, not what its runtime prints below", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(process.execPath, ["/nowhere/server.mjs"], (_error, _out, log) => resolve(log));
  const said = describeFault(ended, await promise);
  expect(said).toBe("It ended. Its last words: Error: Cannot find module '/nowhere/server.mjs'");
});

it.each([
  ["bash: line 1: exec: npx: not found", "bash: line 1: exec: npx: not found"],
  [
    'Traceback (most recent call last):\n  File "a.py", line 1\nModuleNotFoundError: No module named x',
    "ModuleNotFoundError: No module named x",
  ],
  ["Listening\nbye\n", "bye"],
])("of %j it keeps %j", (log, words) => {
  expect(describeFault(ended, log)).toBe(`It ended. Its last words: ${words}`);
});

it("is silent of a program that said nothing", () => {
  expect(describeFault(ended, " \n")).toBe("It ended");
});

it("names the place of an answer that is not as it should be", () => {
  const { error } = InitializeResultSchema.safeParse({
    protocolVersion: "1",
    capabilities: {},
    serverInfo: 5,
  });
  expect(describeFault(error)).toBe("It answered with something that is not as MCP has it (serverInfo)");
});
