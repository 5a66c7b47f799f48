import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, posix, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildSite } from "./build-site.ts";
import { pagePath } from "./pages.ts";

const ROOT = resolve(import.meta.dirname, "../..");

describe("the documents' site", () => {
  let target: string;
  const pages = new Map<string, string>();
  let files: Set<string>;
  beforeAll(async () => {
    target = await mkdtemp(join(tmpdir(), "trunkline-docs-"));
    files = new Set(await buildSite(ROOT, target));
    for (const file of files) {
      if (file.endsWith(".html")) pages.set(file, await readFile(join(target, file), "utf8"));
    }
  });
  afterAll(async () => rm(target, { recursive: true, force: true }));

  it("has every document", async () => {
    const documents = await readdir(join(ROOT, "docs"), { recursive: true });
    const expected = documents.filter((name) => name.endsWith(".md")).map((name) => pagePath(`docs/${name}`));
    expect(expected.filter((page) => !pages.has(page))).toEqual([]);
  });

  it("every link leads to a page, and to a place on it", () => {
    const broken: string[] = [];
    for (const [page, html] of pages) {
      for (const [, href = ""] of html.matchAll(/ (?:href|src)="([^"]*)"/g)) {
        if (/^[a-z]+:/.test(href)) continue;
        const [path = "", anchor] = href.split("#");
        const to = path === "" ? page : posix.join(posix.dirname(page), path);
        if (!files.has(to)) broken.push(`${page}: ${href}`);
        else if (anchor !== undefined && anchor !== "content" && !pages.get(to)?.includes(`id="${anchor}"`)) {
          broken.push(`${page}: ${href}`);
        }
      }
    }
    expect(broken).toEqual([]);
  });

  it("fetches nothing from elsewhere", () => {
    for (const [page, html] of pages) {
      expect(
        html.match(/<(?:script|img|link|iframe)\b[^>]*(?:src|href)="(?:[a-z]+:)?\/\/[^"]*"/g),
        page,
      ).toBeNull();
    }
  });

  it("finds a section by its words", async () => {
    const index = await readFile(join(target, "search-index.js"), "utf8");
    expect(index).toContain("audit.html#another-way");
  });
});
