import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

const PAGE = new URL("../../docs/audit.md", import.meta.url);

it("docs/audit.md has all seven findings, each with its test", async () => {
  const text = await readFile(PAGE, "utf8");
  const findings = Array.from(text.matchAll(/^\| (\d) \| (.+)$/gm), ([, number, row = ""]) => ({
    number,
    row,
  }));
  expect(findings.map(({ number }) => number)).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
  for (const { row } of findings) expect(row).toMatch(/\.(test|spec)\.ts\)/);
});
