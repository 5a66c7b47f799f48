import { readFile } from "node:fs/promises";
import { PassThrough } from "node:stream";
import type { ReadStream } from "node:tty";
import { packagesLoadedBy } from "@trunkline/testkit";
import { expect, it } from "vitest";
import { EXIT } from "./exit-code.ts";
import { buildProgram } from "./program.ts";
import { ServerClock } from "./server/server-clock.ts";
import { openOutput } from "./terminal/output.ts";

it("a command loads nothing that only another one needs, where that takes long", async () => {
  const loaded = await packagesLoadedBy(new URL("program.ts", import.meta.url));
  expect(loaded).toContain("commander");
  expect(loaded).not.toContain("@agentclientprotocol/sdk");
});

const README = await readFile(new URL("../../../README.md", import.meta.url), "utf8");

it.each(commandNames())("README.md names the command %s", (name) => {
  expect(README).toMatch(new RegExp(String.raw`(\`|trunkline )${name}\b`));
});

function commandNames(): string[] {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const context = {
    terminal: {
      in: input as unknown as ReadStream,
      out: openOutput(new PassThrough(), {}),
      err: openOutput(new PassThrough(), {}),
      env: {},
      cwd: "/",
      program: ["trunkline"],
    },
    clock: new ServerClock(),
    options: {},
    target: null,
    exitCode: EXIT.completed,
  };
  return buildProgram(context).commands.map((command) => command.name());
}
