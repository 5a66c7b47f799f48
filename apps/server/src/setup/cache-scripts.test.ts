import { execFile } from "node:child_process";
import { mkdir, readFile, readlink, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { makeRepository } from "../git/testing/repositories.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { RESTORE_SCRIPT, SAVE_SCRIPT } from "./cache-scripts.ts";

const run = promisify(execFile);

test("what is kept follows a data directory that was moved, whatever its name", async () => {
  await using temporary = await TemporaryDirectory.create();
  const [before, after] = [temporary.join("a.b[c]", "one"), temporary.join("d & e|f\\g", "other")];
  for (const workspace of [before, after]) {
    await makeRepository(workspace, { ".gitignore": "/deps\n" });
    await mkdir(join(workspace, "..", "kept"));
  }
  await mkdir(join(before, "deps"));
  await writeFile(join(before, "deps", "tool"), `#!${before}/deps/run\n`);
  await symlink(join(before, "deps", "tool"), join(before, "deps", "link"));
  const kept = join(before, "..", "kept");
  await run("bash", ["-c", SAVE_SCRIPT, "bash", kept], { cwd: before });
  await run("bash", ["-c", RESTORE_SCRIPT, "bash", kept], { cwd: after });
  expect(await readFile(join(after, "deps", "tool"), "utf8")).toBe(`#!${after}/deps/run\n`);
  expect(await readlink(join(after, "deps", "link"))).toBe(join(after, "deps", "tool"));
});
