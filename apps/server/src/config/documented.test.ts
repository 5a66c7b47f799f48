import { readdir, readFile } from "node:fs/promises";
import { expect, it } from "vitest";

const SOURCE = new URL("./", import.meta.url);
const ROOT = new URL("../../../..", SOURCE);

/** What `config.ts` and its parts read by name. */
async function variables(): Promise<string[]> {
  const names = (await readdir(SOURCE)).filter((name) => /^[a-z-]+\.ts$/.test(name));
  const sources = await Promise.all(names.map(async (name) => readFile(new URL(name, SOURCE), "utf8")));
  const reads = /\b(?:value|secret|integer|oneOf|list|directory|directories)\(\s*"([A-Z][A-Z0-9_]+)"/g;
  return [
    ...new Set(sources.flatMap((source) => Array.from(source.matchAll(reads), ([, name = ""]) => name))),
  ];
}

async function pages(): Promise<string> {
  const docs = (await readdir(new URL("docs/", ROOT))).filter((name) => name.endsWith(".md"));
  const paths = ["README.md", "DEPLOYMENT.md", ...docs.map((name) => `docs/${name}`)];
  return (await Promise.all(paths.map(async (path) => readFile(new URL(path, ROOT), "utf8")))).join("\n");
}

const named = new Set((await pages()).match(/[A-Z][A-Z0-9_]+/g));
const found = await variables();

it("reads what config.ts does", () => {
  expect(found).toEqual(
    expect.arrayContaining(["TRUNKLINE_PORT", "OPENAI_API_KEY", "TRUNKLINE_NETWORK_HOSTS"]),
  );
  expect(found.length).toBeGreaterThan(50);
});

it.each(found)("a page says what %s is for", (name) => {
  expect(named.has(name)).toBe(true);
});
