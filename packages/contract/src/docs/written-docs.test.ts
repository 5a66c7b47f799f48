import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { API_PAGE_FILE, apiPage } from "./api-page.ts";
import { DESCRIPTIONS_FILE, descriptionsFile } from "./descriptions-file.ts";

const hint = "the contract has changed: run `pnpm docs:api`";

it("the descriptions are the comments of the schemas", async () => {
  expect(await readFile(DESCRIPTIONS_FILE, "utf8"), hint).toBe(await descriptionsFile());
});

it("docs/api.md is what the contract says", async () => {
  expect(await readFile(API_PAGE_FILE, "utf8"), hint).toBe(apiPage());
});
