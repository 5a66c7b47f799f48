import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ServerFixture } from "../server-fixture.ts";
import { InstalledClient } from "./installed-client.ts";

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
}, 120_000);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await project[Symbol.asyncDispose]();
});

it("every program of the client's README compiles strictly and runs", { timeout: 120_000 }, async () => {
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
