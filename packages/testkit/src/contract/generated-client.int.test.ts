import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ServerFixture } from "../server-fixture.ts";
import { compileStrictly } from "./strict-compiler.ts";

const run = promisify(execFile);
const packageDir = fileURLToPath(new URL("../..", import.meta.url));
const { resolve } = createRequire(import.meta.url);
const generator = join(dirname(resolve("openapi-typescript/package.json")), "bin/cli.js");

const USE = `import createClient from "openapi-fetch";
import type { components, paths } from "./api.ts";

type Task = components["schemas"]["Task"];

const headers = { authorization: \`Bearer \${process.env["TOKEN"]}\` };
// The other media type is for streams, which it can't read.
const api = createClient<paths, "application/json">({ baseUrl: \`\${process.env["URL"]}/api\`, headers });

const submitted = await api.POST("/tasks", { body: { prompt: "run: echo generated", whenBusy: "enqueue" } });
if (submitted.error !== undefined) throw new Error(submitted.error.error.data.reason);
const { taskId, sessionId } = submitted.data;

let task: Task;
do {
  const { data } = await api.GET("/tasks/{taskId}", { params: { path: { taskId } } });
  if (data === undefined) throw new Error("the task is gone");
  task = data;
} while (task.endedAt === null);

const { data: page } = await api.GET("/sessions/{sessionId}/events", {
  params: { path: { sessionId }, query: { limit: 1000 } },
});
for (const event of page?.events ?? []) {
  // Narrowed by its type: without it there is no exit code.
  if (event.type === "tool.ended") console.log(event.data.status, event.data.exitCode, event.data.output);
}

const missing = await api.GET("/tasks/{taskId}", { params: { path: { taskId: crypto.randomUUID() } } });
console.log(task.state, missing.error?.error.data.reason, missing.response.status);
`;

const MISUSE = `import createClient from "openapi-fetch";
import type { paths } from "./api.ts";
const api = createClient<paths>({ baseUrl: "" });
await api.POST("/tasks", { body: { prompt: 7 } });
`;

let server: ServerFixture;
let directory: string;
beforeAll(async () => {
  server = await ServerFixture.start();
  directory = await mkdtemp(join(tmpdir(), "trunkline-generated-"));
  await symlink(join(packageDir, "node_modules"), join(directory, "node_modules"));
  const answer = await fetch(`${server.url}/api/openapi.json`, {
    headers: { authorization: `Bearer ${server.token}` },
  });
  await writeFile(join(directory, "openapi.json"), await answer.text());
  await writeFile(join(directory, "package.json"), '{ "type": "module" }');
  await run(process.execPath, [generator, "openapi.json", "-o", "api.ts"], { cwd: directory });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

async function compile(source: string): Promise<string> {
  await writeFile(join(directory, "use.ts"), source);
  return compileStrictly(directory, ["use.ts"]);
}

it("a client that openapi-typescript generates compiles, submits a task and reads its events", async () => {
  expect(await compile(USE)).toBe("");
  const { stdout } = await run(process.execPath, ["use.ts"], {
    cwd: directory,
    env: { PATH: process.env["PATH"], URL: server.url, TOKEN: server.token },
  });
  expect(stdout).toBe("succeeded 0 generated\n\ncompleted not_found 404\n");
});

it("does not compile where it is used wrongly", async () => {
  expect(await compile(MISUSE)).toMatch(/Type 'number' is not assignable to type 'string'/);
});
