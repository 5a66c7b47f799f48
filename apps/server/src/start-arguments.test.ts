import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import packageJson from "../package.json" with { type: "json" };

const PROGRAM = fileURLToPath(new URL("../bin/trunkline-server.mjs", import.meta.url));
const start = async (...words: string[]) => promisify(execFile)(process.execPath, [PROGRAM, ...words]);

it("prints its version or its help, and starts nothing", async () => {
  const [told, help] = await Promise.all([start("--version"), start("--help")]);
  expect(told.stdout).toBe(`${packageJson.version}\n`);
  expect(help.stdout).toContain("Usage: trunkline-server");
});

it("refuses what it doesn't know instead of starting without it", async () => {
  await expect(start("--port", "80")).rejects.toMatchObject({
    code: 2,
    stderr: "trunkline-server: unknown argument '--port'. See trunkline-server --help.\n",
  });
});
