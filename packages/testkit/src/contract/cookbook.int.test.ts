import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ServerFixture } from "../server-fixture.ts";
import { readRecipes } from "./cookbook.ts";
import { compileStrictly } from "./strict-compiler.ts";

const run = promisify(execFile);
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const page = readFileSync(at("../../../../docs/cookbook.md"), "utf8");
const [setUp, ...recipes] = readRecipes(page);

let server: ServerFixture;
let directory: string;
let env: Record<string, string>;
beforeAll(async () => {
  server = await ServerFixture.start();
  directory = await mkdtemp(join(tmpdir(), "trunkline-cookbook-"));
  await symlink(at("../../node_modules"), join(directory, "node_modules"));
  await symlink(at("../../../../apps/cli/bin/trunkline.mjs"), join(directory, "trunkline"));
  await writeFile(join(directory, "package.json"), '{ "type": "module" }');
  const { PATH = "", HOME = "" } = process.env;
  env = {
    HOME,
    PATH: [directory, dirname(process.execPath), PATH].join(delimiter),
    TRUNKLINE_URL: server.url,
    TRUNKLINE_TOKEN: server.token,
  };
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

it("has a snippet in every fence, and says what each is to print", () => {
  const fences = page.match(/^```\w/gm) ?? [];
  const snippets = recipes.flatMap((recipe) => recipe.snippets);
  expect(snippets.length + (setUp?.snippets.length ?? 0)).toBe(fences.length);
  for (const { code, prints } of snippets) expect(prints, code).not.toEqual([]);
});

it("its programs satisfy a strict compiler", async () => {
  const programs = recipes.flatMap(({ snippets }) => snippets.filter(({ language }) => language === "ts"));
  const files = programs.map((_, index) => `program-${index}.ts`);
  for (const [index, { code }] of programs.entries()) {
    await writeFile(join(directory, `program-${index}.ts`), code);
  }
  expect(await compileStrictly(directory, files)).toBe("");
});

describe.each(recipes)("$title", ({ snippets }) => {
  it.each(snippets.map((snippet, index) => ({ ...snippet, name: `${snippet.language} ${index + 1}` })))(
    "$name",
    async ({ language, code, prints }) => {
      const shell = ["set -euo pipefail", ...(setUp?.snippets ?? []).map((snippet) => snippet.code), code];
      if (language === "ts") await writeFile(join(directory, "recipe.ts"), code);
      const { stdout } =
        language === "ts"
          ? await run(process.execPath, ["recipe.ts"], { cwd: directory, env })
          : await run("bash", ["-c", shell.join("\n")], { cwd: directory, env });
      for (const text of prints) expect(stdout).toContain(text);
    },
  );
});
