import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundle, SERVER } from "./bundle.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "trunkline-bundle-"));
  write("package.json", '{ "type": "module" }');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

async function bundled(main: string): Promise<{ printed: string; sources: string[] }> {
  write("apps/server/src/main.ts", main);
  const directory = join(root, "apps", "server", "dist", "one");
  const { sources } = await bundle([SERVER], { root, directory });
  const printed = execFileSync(process.execPath, [join(directory, "trunkline-server.js")], {
    encoding: "utf8",
  });
  return { printed: printed.trim(), sources: sources.map((file) => file.slice(root.length + 1)).toSorted() };
}

describe("bundle", () => {
  it("keeps a worker, data and what is outside findable, from any directory of the sources", async () => {
    write(
      "apps/server/src/deep/down/job.ts",
      'import { word } from "../../word.ts";\nconsole.log("job", word);\n',
    );
    write("apps/server/src/deep/down/data.json", '"data"');
    write("apps/web/page.txt", "page");
    write("apps/server/src/word.ts", 'export const word: string = "shared";\n');
    write(
      "apps/server/src/deep/down/read.ts",
      `import { readFileSync } from "node:fs";
       import { word } from "../../word.ts";
       export const read = (): string =>
         [word, readFileSync(new URL("data.json", import.meta.url), "utf8"),
          readFileSync(new URL("../../../../web/page.txt", import.meta.url), "utf8")].join(" ");
       export const JOB = new URL("./job.ts", import.meta.url);\n`,
    );
    const { printed, sources } = await bundled(
      'import { JOB, read } from "./deep/down/read.ts";\nconsole.log(read());\nawait import(JOB.href);\n',
    );
    expect(printed).toBe('shared "data" page\njob shared');
    expect(sources).toEqual([
      "apps/server/src/deep/down/data.json",
      "apps/server/src/deep/down/job.ts",
      "apps/server/src/deep/down/read.ts",
      "apps/server/src/main.ts",
      "apps/server/src/word.ts",
    ]);
  });

  it.each([
    [
      "a name made at run time",
      "const name: string = 'a'; console.log(new URL(`${name}.json`, import.meta.url));",
    ],
    ["the directory", "console.log(import.meta.dirname);"],
    ["a resolution", "console.log(import.meta.resolve('./a.json'));"],
  ])("refuses %s, which it can't follow", async (_, main) => {
    await expect(bundled(main)).rejects.toThrow(/can't follow its use of import\.meta/);
  });

  it("refuses a file that doesn't exist, and an import that leads nowhere", async () => {
    await expect(bundled('console.log(new URL("./gone.ts", import.meta.url));')).rejects.toThrow(/gone\.ts/);
    await expect(bundled('import "not-installed-anywhere";')).rejects.toThrow(/not-installed-anywhere/);
  });

  it("takes a library's modules where it has them, and refuses one that hands its require on", async () => {
    const umd = "(function (f) { f(require, exports); })(function (r, e) { e.word = r('./impl').word; });\n";
    write("node_modules/both/package.json", '{ "name": "both", "main": "umd.js", "module": "esm.mjs" }');
    write("node_modules/both/umd.js", umd);
    write("node_modules/both/impl.js", "exports.word = 'umd';\n");
    write("node_modules/both/esm.mjs", "export const word = 'module';\n");
    expect((await bundled('import { word } from "both";\nconsole.log(word);\n')).printed).toBe("module");
    write("node_modules/both/package.json", '{ "name": "both", "main": "umd.js" }');
    await expect(bundled('import { word } from "both";\nconsole.log(word);\n')).rejects.toThrow(
      /can't follow/,
    );
  });

  it("writes ASCII alone, which means the same", async () => {
    const main =
      "const größe: string = 'ü “…”';\nconsole.log(größe, `😀`, /[é😀]/u.test('😀'), /^.é$/.test('xé')); // ñ\n";
    expect((await bundled(main)).printed).toBe("ü “…” 😀 true true");
    const code = readFileSync(join(root, "apps", "server", "dist", "one", "trunkline-server.js"), "utf8");
    expect(code).toMatch(/^[\0-\x7F]*$/);
  });

  it("refuses two files of one name", async () => {
    for (const place of ["one", "two"]) {
      write(`apps/server/src/${place}/same/job.ts`, "console.log(1);\n");
      write(`apps/server/src/${place}/url.ts`, 'export default new URL("./same/job.ts", import.meta.url);\n');
    }
    const main = 'import one from "./one/url.ts";\nimport two from "./two/url.ts";\nconsole.log(one, two);\n';
    await expect(bundled(main)).rejects.toThrow(/would both be same-job/);
  });
});
