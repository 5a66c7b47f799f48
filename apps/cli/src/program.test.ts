import { readFile } from "node:fs/promises";
import { packagesLoadedBy } from "@trunkline/testkit";
import { expect, it } from "vitest";
import { parserToLookAt } from "./testing/parser.ts";

it("a command loads nothing that only another one needs, where that takes long", async () => {
  const loaded = await packagesLoadedBy(new URL("program.ts", import.meta.url));
  expect(loaded).toContain("commander");
  expect(loaded).not.toContain("@agentclientprotocol/sdk");
});

const README = await readFile(new URL("../../../README.md", import.meta.url), "utf8");

it.each(parserToLookAt().commands.map((command) => command.name()))(
  "README.md names the command %s",
  (name) => {
    expect(README).toMatch(new RegExp(String.raw`(\`|trunkline )${name}\b`));
  },
);
