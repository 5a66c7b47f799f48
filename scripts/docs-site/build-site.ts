import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { dirname, join, posix } from "node:path";
import MiniSearch from "minisearch";
import { pagePath, type Section, SECTIONS } from "./pages.ts";
import { escapeHtml, type RenderedPage, renderPage } from "./render-page.ts";
import { SEARCH_FIELDS, searchDocuments } from "./search-documents.ts";

const HERE = import.meta.dirname;

/**
 * Writes the site: a page for each document, and a search that needs no server.
 * @param root the repository's.
 * @returns the site's files.
 */
export async function buildSite(root: string, target: string, source?: string): Promise<string[]> {
  const decisions = (await readdir(join(root, "docs/decisions")))
    .filter((name) => /^\d/.test(name))
    .toSorted();
  const sections = await allSections(root);
  const listed = sections.flatMap((section) => section.files);
  const files = new Set([...listed, ...decisions.map((name) => `docs/decisions/${name}`)]);
  const pages = new Map<string, RenderedPage>();
  for (const file of files) {
    const text = await readFile(join(root, file), "utf8");
    const list = decisions.map((name) => `- [${name.replace(/\.md$/, "")}](${name})`).join("\n");
    const whole = file === "docs/decisions/README.md" ? `${text}\n${list}\n` : text;
    pages.set(file, renderPage(whole, { file, files, source }));
  }

  const written: string[] = [];
  const put = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(target, path)), { recursive: true });
    await writeFile(join(target, path), content);
    written.push(path);
  };
  const titles = new Map([...pages].map(([file, { title }]) => [file, title]));
  for (const [file, page] of pages) await put(pagePath(file), frame(file, page, { sections, titles }));
  for (const path of new Set([...pages.values()].flatMap(({ assets }) => assets))) {
    const place = path.replace(/^docs\//, "");
    await mkdir(dirname(join(target, place)), { recursive: true });
    await copyFile(join(root, path), join(target, place));
    written.push(place);
  }
  await put("site.css", await readFile(join(HERE, "site.css")));
  await put("search.js", await searchScript());
  const miniSearch = createRequire(import.meta.url).resolve("minisearch");
  await put("minisearch.js", await readFile(join(dirname(miniSearch), "../umd/index.js")));
  const index = new MiniSearch(SEARCH_FIELDS);
  index.addAll(searchDocuments(pages));
  // As a script, not as JSON: a page that was opened as a file may not fetch.
  await put("search-index.js", `window.searchIndex = ${JSON.stringify(JSON.stringify(index))};\n`);
  return written;
}

/** The page's script has types alone to import, so without types it needs no bundler. */
async function searchScript(): Promise<string> {
  const source = await readFile(join(HERE, "browser/search.ts"), "utf8");
  return stripTypeScriptTypes(source);
}

/** Documents that have no section yet are in one of their own. */
async function allSections(root: string): Promise<Section[]> {
  const listed = new Set(SECTIONS.flatMap(({ files }) => files));
  const documents = await readdir(join(root, "docs"), { recursive: true });
  const others = documents
    .filter((name) => name.endsWith(".md") && !/^decisions\/\d/.test(name) && !listed.has(`docs/${name}`))
    .map((name) => `docs/${name}`);
  return others.length === 0 ? [...SECTIONS] : [...SECTIONS, { title: "More", files: others.toSorted() }];
}

interface Site {
  sections: readonly Section[];
  /** By file. */
  titles: ReadonlyMap<string, string>;
}

function frame(file: string, page: RenderedPage, { sections, titles }: Site): string {
  const path = pagePath(file);
  const up = "../".repeat(path.split("/").length - 1);
  const to = (other: string): string => posix.relative(posix.dirname(path), pagePath(other));
  const isHere = (other: string): boolean =>
    other === file || (other === "docs/decisions/README.md" && file.startsWith("docs/decisions/"));
  const navigation = sections
    .map(({ title, files }) => {
      const items = files.map(
        (other) =>
          `<li><a href="${to(other)}"${isHere(other) ? ' aria-current="page"' : ""}>${escapeHtml(titles.get(other) ?? other)}</a></li>`,
      );
      return `<h2>${title}</h2><ul>${items.join("")}</ul>`;
    })
    .join("");
  const contents = page.headings
    .filter(({ level }) => level === 2)
    .map(({ text, id }) => `<li><a href="#${id}">${escapeHtml(text)}</a></li>`)
    .join("");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)} · Trunkline</title>
<link rel="stylesheet" href="${up}site.css">
</head>
<body data-up="${up}">
<a class="skip" href="#content">To the text</a>
<header><a class="name" href="${up}index.html">Trunkline</a>
<input id="search" type="search" placeholder="Search the documents" aria-label="Search the documents" aria-controls="found" autocomplete="off">
<ol id="found" aria-live="polite" hidden></ol></header>
<nav aria-label="Documents"><details><summary>All documents</summary>${navigation}</details></nav>
<main id="content">${page.body}</main>
${contents === "" ? "" : `<aside aria-label="On this page"><ul>${contents}</ul></aside>`}
<script src="${up}minisearch.js"></script>
<script src="${up}search-index.js"></script>
<script src="${up}search.js"></script>
</body>
</html>
`;
}
