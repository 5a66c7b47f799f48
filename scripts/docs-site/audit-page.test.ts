import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

const PAGE = new URL("../../docs/audit.md", import.meta.url);

it("docs/audit.md names tests that exist, and all seven findings", async () => {
  const text = await readFile(PAGE, "utf8");
  const findings = Array.from(text.matchAll(/^\| (\d) \| (.+)$/gm), ([, number, row = ""]) => ({
    number,
    row,
  }));
  expect(findings.map(({ number }) => number)).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
  for (const { row } of findings) expect(row).toMatch(/\.(test|spec)\.ts\)/);
  let named = 0;
  for (const [, path = "", rest = ""] of text.matchAll(/\]\((\.\.[^)]*\.(?:test|spec)\.ts)\)([^·|]*)/g)) {
    const source = await readFile(new URL(path, PAGE), "utf8");
    for (const [, name = ""] of rest.matchAll(/\*([^*]+)\*/g)) {
      expect(source, path).toContain(name);
      named += 1;
    }
  }
  expect(named).toBeGreaterThan(5);
});
