import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { CLI_PAGE_FILE, commandNames, recordCliPage, SCENES } from "./cli-page.ts";

it("every command has a scene, and every scene a command", () => {
  const names = commandNames();
  expect(names.length).toBeGreaterThan(15);
  expect(new Set(SCENES.map(({ of }) => of))).toEqual(new Set(names));
});

it("docs/cli.md shows what the commands do", async () => {
  const hint = "the command line has changed: run `pnpm docs:cli`";
  expect(await readFile(CLI_PAGE_FILE, "utf8"), hint).toBe(await recordCliPage());
});
