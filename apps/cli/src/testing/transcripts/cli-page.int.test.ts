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
  const [written, recorded] = await Promise.all([readFile(CLI_PAGE_FILE, "utf8"), recordCliPage()]);
  expect(columnsAside(written), hint).toBe(columnsAside(recorded));
});

/** A column is wider on a busy machine, where something is 12 s old, and the last one is cut earlier. */
const columnsAside = (text: string): string =>
  text.replaceAll(/(?<=\S) {2,}/g, "  ").replaceAll(/^(.{80}).*…$/gm, "$1…");
