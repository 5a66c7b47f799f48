import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ServerFixture } from "../server-fixture.ts";
import { InstalledClient } from "./installed-client.ts";

const KIB = 1024;

const README = fileURLToPath(new URL("../../../client/README.md", import.meta.url));

/** Output of the README's programs, in order. */
const PRINTS = [
  /^\d+ task\.submitted [^]*task\.completed /,
  /hello/,
  /^1 session\.created\n[^]* task\.completed\n$/,
  /^.+\n$/,
  /^\d+\.\d+\.\d+\ncanceled\n$/,
];

let project: InstalledClient;
let server: ServerFixture;
beforeAll(async () => {
  [project, server] = await Promise.all([InstalledClient.install(), ServerFixture.start()]);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await project[Symbol.asyncDispose]();
});

it.each([
  ["Node", "node.ts", { module: "nodenext", types: "node" }],
  ["a bundler", "node.ts", { module: "esnext", moduleResolution: "bundler", types: "node" }],
  [
    "a page",
    "browser.ts",
    { module: "esnext", moduleResolution: "bundler", lib: "es2024,esnext.disposable,dom,dom.asynciterable" },
  ],
])("compiles strictly for %s, its declarations checked as well", async (_, file, flags) => {
  const strictest = { exactOptionalPropertyTypes: "true", noUncheckedIndexedAccess: "true" };
  expect(await project.compile([await project.add(file)], { ...flags, ...strictest })).toBe("");
});

it("types calls and answers", async () => {
  const misuse = await project.write(
    "misuse.ts",
    `import { createClient } from "@trunkline/client";
     const client = createClient({ url: "" });
     await client.task.submit.mutate({ prompt: 7 });
     (await client.task.get.query({ taskId: "" })).state satisfies "idle";
     client.task.begin;`,
  );
  const complaints = await project.compile([misuse], { module: "nodenext", types: "node" });
  expect(complaints).toMatch(/Type 'number' is not assignable to type 'string'/);
  expect(complaints).toMatch(/does not satisfy the expected type '"idle"'/);
  expect(complaints).toMatch(/Property 'begin' does not exist/);
});

it("submits and follows in Node", async () => {
  const env = { TRUNKLINE_URL: server.url, TRUNKLINE_TOKEN: server.token };
  // Compiled, as for a Node without type stripping.
  await project.add("node.ts");
  const flags = { noEmit: "false", skipLibCheck: "true", module: "nodenext", types: "node" };
  expect(await project.compile(["node.ts"], flags)).toBe("");
  expect(await project.node("node.js", env)).toBe(
    "succeeded installed\ntrue completed\nsession.created\n401\n",
  );
});

it("every program of the client's README compiles strictly and runs", async () => {
  const programs = [...(await readFile(README, "utf8")).matchAll(/^```ts\n([^]*?)^```$/gm)].map(
    ([, program = ""]) => program,
  );
  expect(programs).toHaveLength(PRINTS.length);
  const files = await Promise.all(
    programs.map(async (program, index) => project.write(`readme-${index}.ts`, program)),
  );
  expect(await project.compile(files, { module: "nodenext", types: "node" })).toBe("");
  const env = { TRUNKLINE_URL: server.url, TRUNKLINE_TOKEN: server.token };
  for (const [index, file] of files.entries()) {
    expect(await project.node(file, env), programs[index]).toMatch(PRINTS[index]!);
  }
});

it("costs a page what it uses, and neither the schemas nor the router", async () => {
  const bundleOf = async (names: string): Promise<{ gzipped: number; modules: string[] }> => {
    const source = `import { ${names} } from "@trunkline/client"; globalThis.use = [${names}];`;
    const { code, modules } = await project.bundle(await project.write("use.js", source));
    expect(
      modules.filter((path) => /\/zod\/|contract\/dist\/(router|schemas|rest|event)\b/.test(path)),
    ).toEqual([]);
    return { gzipped: gzipSync(code).length, modules };
  };
  const calls = await bundleOf("createClient");
  expect(calls.modules.filter((path) => /eventsource-parser|follow-/.test(path))).toEqual([]);
  expect(calls.gzipped).toBeLessThan(9 * KIB);

  const follows = await bundleOf("createClient, followSession");
  expect(follows.modules.some((path) => path.includes("eventsource-parser"))).toBe(true);
  expect(follows.gzipped).toBeLessThan(12 * KIB);

  const nothing = await bundleOf("");
  expect(nothing.modules.filter((path) => path.includes("node_modules"))).toEqual([]);
});
