import { execFileSync, spawn } from "node:child_process";
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyWorkspace } from "./copy-workspace.ts";

let directory: string;
let from: string;
let to: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "trunkline-copy-"));
  from = join(directory, "from");
  to = join(directory, "to");
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

test("files, directories and modes are there, and belong to the copy alone", async () => {
  await mkdir(join(from, "src/empty"), { recursive: true });
  await writeFile(join(from, "src/a.ts"), "original");
  await writeFile(join(from, "run.sh"), "#!/bin/sh\n", { mode: 0o755 });
  await writeFile(join(from, ".hidden"), Buffer.alloc(3_000_000, 7));
  await copyWorkspace(from, to);
  expect((await readdir(to, { recursive: true })).toSorted()).toEqual(
    (await readdir(from, { recursive: true })).toSorted(),
  );
  expect((await stat(join(to, "run.sh"))).mode & 0o777).toBe(0o755);
  expect((await readFile(join(to, ".hidden"))).equals(Buffer.alloc(3_000_000, 7))).toBe(true);
  await writeFile(join(to, "src/a.ts"), "changed");
  expect(await readFile(join(from, "src/a.ts"), "utf8")).toBe("original");
});

test("links into the workspace lead into the copy, and none is followed", async () => {
  const outside = join(directory, "outside");
  await mkdir(outside);
  await writeFile(join(outside, "secret"), "secret");
  await mkdir(join(from, "sub"), { recursive: true });
  await writeFile(join(from, "file"), "original");
  await symlink("file", join(from, "relative"));
  await symlink(join(from, "file"), join(from, "sub/absolute"));
  await symlink(from, join(from, "sub/itself"));
  await symlink(outside, join(from, "out"));
  await symlink(`${from}-other`, join(from, "neighbour"));
  await copyWorkspace(from, to);
  await writeFile(join(to, "relative"), "changed");
  await writeFile(join(to, "sub/absolute"), "changed again");
  expect(await readFile(join(from, "file"), "utf8")).toBe("original");
  expect(await readFile(join(to, "file"), "utf8")).toBe("changed again");
  expect(await readlink(join(to, "sub/itself"))).toBe(to);
  expect((await lstat(join(to, "out"))).isSymbolicLink()).toBe(true);
  expect(await readlink(join(to, "neighbour"))).toBe(`${from}-other`);
});

test("a workspace that is reached through a link is copied with its links", async () => {
  const real = join(directory, "real");
  await mkdir(real);
  await writeFile(join(real, "file"), "x");
  await symlink(join(real, "file"), join(real, "link"));
  await symlink(real, from);
  await copyWorkspace(from, to);
  expect(await readlink(join(to, "link"))).toBe(join(to, "file"));
});

test("pipes stay behind, and hold nobody up", async () => {
  await mkdir(from);
  execFileSync("mkfifo", [join(from, "pipe")]);
  await writeFile(join(from, "file"), "x");
  await copyWorkspace(from, to);
  expect(await readdir(to)).toEqual(["file"]);
});

test("what is not there has a copy that is not there", async () => {
  await copyWorkspace(from, to);
  await expect(stat(to)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a directory that comes and goes as a link to elsewhere gives nothing of elsewhere away", async () => {
  const outside = join(directory, "outside");
  await mkdir(outside);
  await writeFile(join(outside, "secret"), "secret");
  await mkdir(join(from, "swapped"), { recursive: true });
  // Another process, because this one would have to be lucky with its turns. It ends by itself where nobody ends it.
  const swapper = spawn("sh", [
    "-c",
    `cd '${from}' && for _ in $(seq 20000); do rmdir swapped && ln -s '${outside}' swapped && rm swapped && mkdir swapped; done 2>/dev/null`,
  ]);
  try {
    for (let round = 0; round < 150; round++) await copyWorkspace(from, join(directory, `to-${round}`));
  } finally {
    swapper.kill("SIGKILL");
  }
  const copied: string[] = [];
  for (let round = 0; round < 150; round++) {
    const swapped = join(directory, `to-${round}`, "swapped");
    const entry = await lstat(swapped).catch(() => undefined);
    if (entry?.isDirectory() === true) copied.push(...(await readdir(swapped)));
  }
  expect(copied).toEqual([]);
});
