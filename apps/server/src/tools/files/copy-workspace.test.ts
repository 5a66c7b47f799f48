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
  statfs,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RAW_NAMES, rawNamesIn, writeRawNames } from "../../common/testing/raw-names.ts";
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

test("names that are no UTF-8 are in the copy", async () => {
  await mkdir(from);
  await writeRawNames(from, Buffer.alloc(2_000_000, 7));
  await copyWorkspace(from, to);
  expect(await rawNamesIn(to)).toEqual(RAW_NAMES);
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
  // In another process, so that it does not depend on our event loop. It ends by itself if it is not ended.
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

const usedBytes = async (path: string): Promise<number> => 512 * (await stat(path)).blocks;

test("H8: holes stay holes, and set-user-ID bits do not come along", async () => {
  await mkdir(from);
  await writeFile(join(from, "sparse"), "");
  await truncate(join(from, "sparse"), 1_500 * 1_048_576);
  execFileSync("sh", ["-c", "printf x | dd of=sparse bs=1M seek=700 conv=notrunc status=none"], {
    cwd: from,
  });
  await writeFile(join(from, "program"), "#!/bin/sh\n");
  execFileSync("chmod", ["6755", join(from, "program")]);
  await copyWorkspace(from, to);
  expect((await stat(join(to, "sparse"))).size).toBe(1_500 * 1_048_576);
  expect(await usedBytes(join(to, "sparse"))).toBeLessThan(1_048_576);
  expect((await stat(join(to, "program"))).mode & 0o7777).toBe(0o755);
});

test("H8: a copy is refused that is larger than a workspace may be, or leaves too little of the disk", async () => {
  await mkdir(from);
  for (const name of ["a", "b"]) await writeFile(join(from, name), Buffer.alloc(2_000_000, 1));
  const limits = { workspaceBytes: 3_000_000, freeDiskBytes: 0 };
  await expect(copyWorkspace(from, to, { limits })).rejects.toMatchObject({ reason: "storage_full" });
  // Of the whole disk: what is free changes meanwhile.
  const { blocks, bsize } = await statfs(directory);
  const full = { workspaceBytes: 10_000_000, freeDiskBytes: blocks * bsize };
  await expect(copyWorkspace(from, join(directory, "other"), { limits: full })).rejects.toMatchObject({
    reason: "storage_full",
  });
});

test("what one user may take is enough for the copy, or nothing of it counts", async () => {
  await mkdir(from);
  for (const name of ["a", "b"]) await writeFile(join(from, name), Buffer.alloc(2_000_000, 1));
  const noted = new Map<string, number>();
  const noteUse = (limitBytes: number) => async (path: string, bytes: number) => {
    noted.set(path, bytes);
    return { limitBytes, leftBytes: limitBytes - bytes };
  };
  await expect(copyWorkspace(from, to, { noteUse: noteUse(3_000_000) })).rejects.toMatchObject({
    reason: "storage_full",
    message: expect.stringContaining("what one user may take") as string,
  });
  expect(noted).toEqual(new Map([[to, 0]]));
  await copyWorkspace(from, join(directory, "other"), { noteUse: noteUse(4_000_000) });
  expect(noted.get(join(directory, "other"))).toBe(4_000_000);
});

test("H18: a directory 3,000 levels deep is copied, with one held open at a time", async () => {
  await mkdir(from);
  const dig = `import os, sys
os.chdir(sys.argv[1])
for level in range(3000):
    open("f", "w").close(); os.mkdir("d"); os.chdir("d")
open("bottom", "w").close()`;
  execFileSync("python3", ["-c", dig, from]);
  await copyWorkspace(from, to);
  expect(execFileSync("find", [to, "-name", "bottom", "-printf", "%d\n"]).toString()).toBe("3001\n");
  expect(execFileSync("find", [to, "-name", "f", "-printf", "x"]).toString()).toHaveLength(3_000);
  // Node's own removal fails for it.
  execFileSync("rm", ["-r", from, to]);
  await mkdir(directory, { recursive: true });
});

/** In a process of an ordinary user, to whom modes mean something. @returns what it printed */
function copyAsOrdinaryUser(call: string): string {
  execFileSync("sh", ["-c", `chmod 777 . && { [ "$(id -u)" != 0 ] || chown -R 65534:65534 from; }`], {
    cwd: directory,
  });
  const isRoot = process.getuid?.() === 0;
  const module = new URL("copy-workspace.ts", import.meta.url).href;
  const script = `const { copyWorkspace } = await import(${JSON.stringify(module)});
    ${isRoot ? "process.setgroups([]); process.setgid(65534); process.setuid(65534);" : ""}
    const [from, to] = ${JSON.stringify([from, to])};
    ${call}`;
  return execFileSync(process.execPath, ["--input-type=module", "-e", script]).toString();
}

const modesOf = (...names: string[]): string =>
  execFileSync("stat", ["-c", "%a %n", ...names], { cwd: from }).toString();

test("H18: what is closed to its owner is copied, as an ordinary user, and keeps its mode", async () => {
  await mkdir(join(from, "closed", "inner"), { recursive: true });
  await mkdir(join(from, "read-only"));
  await writeFile(join(from, "closed", "inner", "file"), "text", { mode: 0o644 });
  const closed = ["closed/inner/file", "closed/inner", "closed"];
  execFileSync("chmod", ["000", ...closed], { cwd: from });
  execFileSync("chmod", ["555", "read-only"], { cwd: from });
  copyAsOrdinaryUser("await copyWorkspace(from, to)");
  execFileSync("chmod", ["-R", "u+rwX", to]);
  expect(await readFile(join(to, "closed/inner/file"), "utf8")).toBe("text");
  expect(modesOf("closed", "read-only")).toBe("0 closed\n555 read-only\n");
  // As whoever may look into them.
  execFileSync("chmod", ["700", "closed"], { cwd: from });
  expect(modesOf("closed/inner")).toBe("0 closed/inner\n");
  execFileSync("chmod", ["700", "closed/inner"], { cwd: from });
  expect(modesOf("closed/inner/file")).toBe("0 closed/inner/file\n");
});

test("what is closed to its owner is closed again where the copy is refused", async () => {
  await mkdir(join(from, "closed", "inner"), { recursive: true });
  await writeFile(join(from, "closed", "inner", "file"), Buffer.alloc(2_000_000, 1));
  execFileSync("chmod", ["000", "closed/inner", "closed"], { cwd: from });
  const limits = { workspaceBytes: 1_000_000, freeDiskBytes: 0 };
  const refused = copyAsOrdinaryUser(
    `await copyWorkspace(from, to, { limits: ${JSON.stringify(limits)} }).catch(({ reason }) => console.log(reason))`,
  );
  expect(refused).toBe("storage_full\n");
  expect(modesOf("closed")).toBe("0 closed\n");
  execFileSync("chmod", ["700", "closed"], { cwd: from });
  expect(modesOf("closed/inner")).toBe("0 closed/inner\n");
  execFileSync("chmod", ["700", "closed/inner"], { cwd: from });
});
