import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { writeRawNames } from "./testing/raw-names.ts";
import { removeDirectory } from "./remove-directory.ts";

const run = promisify(execFile);

async function place() {
  const path = await mkdtemp(join(tmpdir(), "trunkline-remove-"));
  return {
    path,
    workspace: join(path, "workspace"),
    [Symbol.asyncDispose]: async () => void (await run("rm", ["-rf", path])),
  };
}

const DEEP = `
import os, sys
os.chdir(sys.argv[1])
for level in range(int(sys.argv[2])):
    open("f", "w").close(); os.mkdir("d"); os.chdir("d")
os.chmod(".", 0)
`;

describe("H18: removeDirectory", () => {
  it("removes a directory 5,000 levels deep", async () => {
    await using at = await place();
    await mkdir(at.workspace);
    await run("python3", ["-c", DEEP, at.workspace, "5000"]);
    await removeDirectory(at.workspace);
    expect(await readdir(at.path)).toEqual([]);
  });

  it("removes what is closed to its owner, as an ordinary user", async () => {
    await using at = await place();
    await mkdir(join(at.workspace, "closed", "inner", "more"), { recursive: true });
    await writeFile(join(at.workspace, "closed", "inner", "file"), "x");
    await symlink("/etc", join(at.workspace, "closed", "link"));
    await chmod(at.path, 0o777);
    await run("chown", ["-R", "65534:65534", at.workspace]).catch(() => undefined);
    for (const path of ["closed/inner/more", "closed/inner", "closed", "."]) {
      await chmod(join(at.workspace, path), 0);
    }
    await run(process.execPath, [
      "--input-type=module",
      "-e",
      `${process.getuid?.() === 0 ? "process.setgroups([]); process.setgid(65534); " : ""}
      const { removeDirectory } = await import(${JSON.stringify(fileURLToPath(new URL("remove-directory.ts", import.meta.url)))});
      ${process.getuid?.() === 0 ? "process.setuid(65534);" : ""}
      await removeDirectory(${JSON.stringify(at.workspace)});`,
    ]);
    expect(await readdir(at.path)).toEqual([]);
  });

  it("removes names that are no UTF-8", async () => {
    await using at = await place();
    await mkdir(at.workspace);
    await writeRawNames(at.workspace);
    await removeDirectory(at.workspace);
    expect(await readdir(at.path)).toEqual([]);
  });

  it("follows no link, and takes nothing else", async () => {
    await using at = await place();
    const other = join(at.path, "other");
    await mkdir(other);
    await writeFile(join(other, "kept"), "kept");
    await mkdir(at.workspace);
    await symlink(other, join(at.workspace, "link"));
    await removeDirectory(at.workspace);
    expect(await readFile(join(other, "kept"), "utf8")).toBe("kept");
    await symlink(other, at.workspace);
    await removeDirectory(at.workspace);
    expect(await readdir(at.path)).toEqual(["other"]);
    expect(await readdir(other)).toEqual(["kept"]);
  });

  it("goes on after a crash, and does not mind that there is nothing", async () => {
    await using at = await place();
    await removeDirectory(at.workspace);
    await mkdir(join(at.path, ".removing-workspace", "half", "gone"), { recursive: true });
    await removeDirectory(at.workspace);
    expect(await readdir(at.path)).toEqual([]);
    await mkdir(at.workspace);
    await rename(at.workspace, join(at.path, ".removing-workspace"));
    await mkdir(join(at.workspace, "a"), { recursive: true });
    await removeDirectory(at.workspace);
    expect(await readdir(at.path)).toEqual([]);
    await rm(at.path, { recursive: true });
  });

  it("is done by several at once, and leaves alone what comes to the path meanwhile", async () => {
    await using at = await place();
    for (let round = 0; round < 20; round++) {
      for (let directory = 0; directory < 30; directory++) {
        await mkdir(join(at.workspace, `${directory}`, "inner"), { recursive: true });
        await writeFile(join(at.workspace, `${directory}`, "inner", "file"), "x");
      }
      const next = join(at.path, "next");
      await mkdir(next);
      const removed = Array.from({ length: 4 }, async () => removeDirectory(at.workspace));
      // As a clone takes the place of what is removed.
      await removeDirectory(at.workspace);
      await rename(next, at.workspace);
      await Promise.all(removed);
      expect(await readdir(at.path)).toEqual(["workspace"]);
    }
  });
});
