import { readdir, readFile, stat } from "node:fs/promises";
import { expect, it } from "vitest";

const ROOT = new URL("../../", import.meta.url);

/** Every page that somebody reads on its own: also those that the site does not have. */
async function pages(): Promise<string[]> {
  const inDocs = (await readdir(new URL("docs/", ROOT), { recursive: true })).map((name) => `docs/${name}`);
  const inPackages = await Promise.all(
    ["apps", "packages"].map(async (group) =>
      (await readdir(new URL(group, ROOT))).map((name) => `${group}/${name}/README.md`),
    ),
  );
  const named = [...inDocs, ...inPackages.flat(), "bench/README.md", "e2e/README.md"];
  const found = await Promise.all(named.map(async (name) => ((await exists(name)) ? [name] : [])));
  return ["README.md", "CONTRIBUTING.md", "DEPLOYMENT.md", ...found.flat()].filter((name) =>
    name.endsWith(".md"),
  );
}

async function exists(path: string, base: URL = ROOT): Promise<boolean> {
  return stat(new URL(path, base)).then(
    () => true,
    () => false,
  );
}

/** Examples are no links. */
async function proseOf(page: URL): Promise<string> {
  return (await readFile(page, "utf8")).replaceAll(/^( *)```[\s\S]*?^\1```/gm, "");
}

it.each(await pages())("%s links to what exists", async (name) => {
  const page = new URL(name, ROOT);
  const links = (await proseOf(page)).matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g);
  const missing: string[] = [];
  for (const [, link = ""] of links) if (!(await exists(link, page))) missing.push(link);
  expect(missing).toEqual([]);
});

/** After a link to a file of tests, ``*in italics*`` or ``"in quotes"``. */
const NAMED_TESTS =
  /\]\(([^)]+\.(?:test|spec)\.tsx?|[^)]+-conformance\.ts)\)((?:,? (?:\*[^*\n]+\*|"[^"\n]+"))+)/g;

it.each(await pages())("%s names tests by their names", async (name) => {
  const page = new URL(name, ROOT);
  for (const [, path = "", names = ""] of (await proseOf(page)).matchAll(NAMED_TESTS)) {
    const source = await readFile(new URL(path, page), "utf8");
    const all = Array.from(
      names.matchAll(/\*([^*]+)\*|"([^"]+)"/g),
      ([, italics, quoted]) => italics ?? quoted ?? "",
    );
    expect(
      all.filter((each) => !source.includes(each)),
      path,
    ).toEqual([]);
  }
});

it("finds named tests where there are some", async () => {
  const text = await proseOf(new URL("docs/protocol.md", ROOT));
  expect(Array.from(text.matchAll(NAMED_TESTS)).length).toBeGreaterThan(10);
});
