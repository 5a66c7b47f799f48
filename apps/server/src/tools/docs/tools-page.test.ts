import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { TOOLS_PAGE_FILE, toolsPage } from "./tools-page.ts";

it("docs/tools.md is what the tools say", async () => {
  expect(await readFile(TOOLS_PAGE_FILE, "utf8"), "run `pnpm docs:tools`").toBe(await toolsPage());
});
