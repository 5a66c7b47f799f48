import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { describeBytes } from "../common/describe-bytes.ts";
import { DEFAULT_LIMITS } from "../tools/sandbox/limits.ts";

const DOCS = new URL("../../../../docs/", import.meta.url);

/** Every promise of docs/security.md needs a test; further lines follow as they come to hold. */
const LINES = 20;

interface NamedTest {
  path: string;
  /** Names of tests and groups in it; none if the whole file is meant. */
  names: string[];
}

/** Parses ``[a.test.ts](../a.test.ts) *first name*, *second name* · [b.test.ts](../b.test.ts)``. */
function readTests(cell: string): NamedTest[] {
  return cell.split(" · ").map((part) => {
    const [, path = "", names = ""] = /^\[[^\]]+\]\(([^)]+)\)(.*)$/.exec(part) ?? [];
    return { path, names: Array.from(names.matchAll(/\*([^*]+)\*/g), ([, name = ""]) => name) };
  });
}

describe("docs/security.md", async () => {
  const text = await readFile(new URL("security.md", DOCS), "utf8");
  const rows = Array.from(text.matchAll(/^\| (\d+) \| (.+) \| (.+) \|$/gm), ([, line, , cell = ""]) => ({
    line: Number(line),
    tests: readTests(cell),
  }));

  it("has every line, in its order", () => {
    const lines = rows.map(({ line }) => line);
    expect(lines.slice(0, LINES)).toEqual(Array.from({ length: LINES }, (_, index) => index + 1));
    expect(lines).toEqual([...new Set(lines)].toSorted((a, b) => a - b));
  });

  it.each(rows)("names tests of line $line that exist", async ({ tests }) => {
    for (const { path, names } of tests) {
      expect(path).toMatch(/(\.(test|spec)|-conformance)\.ts$/);
      const source = await readFile(new URL(path, DOCS), "utf8");
      for (const name of names) expect(source).toContain(name);
    }
  });
});

it("docs/sandbox.md says which limits there are", async () => {
  const text = await readFile(new URL("sandbox.md", DOCS), "utf8");
  const limits = DEFAULT_LIMITS;
  expect(text).toContain(`| processes and threads | ${limits.processes} |`);
  expect(text).toContain(`| one file | ${describeBytes(limits.fileBytes)} |`);
  expect(text).toContain(`| the workspace | ${describeBytes(limits.workspaceBytes)} |`);
  expect(text).toContain(`| free space on the disk | ${describeBytes(limits.freeDiskBytes)} stays free |`);
  expect(text).toContain(`| memory of one process | ${describeBytes(limits.processMemoryBytes)} |`);
  expect(text).toContain(
    `| ${describeBytes(limits.temporaryBytes)} · ${describeBytes(limits.sharedMemoryBytes)} |`,
  );
  expect(text).toContain(`| open files | ${limits.openFiles.toLocaleString("en")} |`);
});
