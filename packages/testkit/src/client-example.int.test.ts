import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { ServerFixture } from "./server-fixture.ts";

const client = (path: string): string => fileURLToPath(new URL(`../../client/${path}`, import.meta.url));
const example = client("examples/submit-and-follow.ts");

it("the client's example submits a task and prints its events till it ends", async () => {
  await using server = await ServerFixture.start();
  const { stdout } = await promisify(execFile)(process.execPath, [example, "run: echo from the example"], {
    env: { PATH: process.env["PATH"], TRUNKLINE_URL: server.url, TRUNKLINE_TOKEN: server.token },
  });
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^\d+ task\.submitted /);
  expect(lines.at(-1)).toMatch(/^\d+ task\.completed /);
  expect(stdout).toContain("from the example");
});

it("its README shows that very script", async () => {
  expect(await readFile(client("README.md"), "utf8")).toContain(await readFile(example, "utf8"));
});
