import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { TemporaryDirectory } from "../../store/testing/temporary-directory.ts";
import { TAR_END, tarHeader } from "./tar-blocks.ts";

const run = promisify(execFile);

it.each([
  ["that fits its header", `t/${"d/".repeat(50)}file`],
  ["just beyond it", `t/${"d/".repeat(128)}`],
  ["with one long name", `t/${"x".repeat(255)}/${"y".repeat(200)}`],
  ["of many letters that are two bytes", `t/${"é/".repeat(200)}`],
  ["as deep as may be", `t/${"d/".repeat(2_000)}file`],
])("a path %s comes back whole", async (_name, path) => {
  await using directory = await TemporaryDirectory.create();
  const type = path.endsWith("/") ? "Directory" : "File";
  const header = tarHeader({ path, type, mode: 0o644, size: 0, modifiedAt: 0 });
  await writeFile(directory.join("a.tar"), Buffer.concat([header, TAR_END]));
  const { stdout } = await run("tar", ["-tf", directory.join("a.tar"), "--quoting-style=literal"]);
  expect(stdout.trim()).toBe(path);
});
