import { chmod, chown, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { readConfig } from "../config/config.ts";
import {
  DataDirError,
  prepareDataDir,
  readServerRecord,
  removeServerRecord,
  writeServerRecord,
} from "./data-dir.ts";
import { SmallDisk } from "../store/testing/small-disk.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

/** The message names the directory, the setting for it, and `why`. */
async function expectRefusal(dataDir: string, why: RegExp): Promise<void> {
  const refusal: unknown = await prepareDataDir(dataDir).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(DataDirError);
  const { message } = refusal as DataDirError;
  expect(message).toContain(dataDir);
  expect(message).toContain("TRUNKLINE_DATA_DIR");
  expect(message).toMatch(why);
}

it("makes the directory, with its parents, for this user alone", async () => {
  await using directory = await TemporaryDirectory.create();
  const dataDir = directory.join("deep", "trunkline");
  await prepareDataDir(dataDir);
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
});

it("closes a directory that others could read", async () => {
  await using directory = await TemporaryDirectory.create();
  await chmod(directory.path, 0o755);
  await prepareDataDir(directory.path);
  expect((await stat(directory.path)).mode & 0o777).toBe(0o700);
});

it("B7: refuses at once a place where no directory can be created", async () => {
  await expectRefusal("/proc/trunkline/deep", /no directory can be created there/);
});

it("B7: a quoted ~ is the home directory, and a relative path is one of where the server starts", () => {
  const dataDirOf = (path: string) => readConfig({ TRUNKLINE_DATA_DIR: path }).dataDir;
  expect(dataDirOf("~/data")).toBe(join(homedir(), "data"));
  expect(dataDirOf("data")).toBe(resolve("data"));
  expect(dataDirOf("/~/data")).toBe("/~/data");
});

it("refuses a file in the directory's place, and one among its parents", async () => {
  await using directory = await TemporaryDirectory.create();
  const file = directory.join("file");
  await writeFile(file, "");
  await expectRefusal(file, /not a directory/);
  await expectRefusal(join(file, "trunkline"), /not a directory/);
});

it("refuses another user's directory, and leaves its mode as it is", async (test) => {
  if (!isRoot) return test.skip("needs root, to give a directory away");
  await using directory = await TemporaryDirectory.create();
  const dataDir = directory.join("theirs");
  await mkdir(dataDir, { mode: 0o755 });
  await chown(dataDir, NOBODY, NOBODY);
  await expectRefusal(dataDir, /another user \(uid 65534\)/);
  expect((await stat(dataDir)).mode & 0o777).toBe(0o755);
  return undefined;
});

it("refuses a directory on a read-only file system", async (test) => {
  await using disk = await SmallDisk.mount(1);
  if (disk === undefined) return test.skip("needs root, to mount a file system of its own");
  const dataDir = join(disk.path, "trunkline");
  await mkdir(dataDir, { mode: 0o700 });
  await disk.setReadOnly();
  await expectRefusal(dataDir, /EROFS/);
  // Node reports ENOENT for the file system's EROFS.
  await expectRefusal(join(disk.path, "missing"), /EROFS|ENOENT/);
  return undefined;
});

it("refuses a directory that it may not make", async (test) => {
  if (isRoot) return test.skip("root may write everywhere");
  await using directory = await TemporaryDirectory.create();
  await chmod(directory.path, 0o500);
  await expectRefusal(directory.join("trunkline"), /EACCES/);
  await chmod(directory.path, 0o700);
  return undefined;
});

it("keeps the record of a server until it is removed", async () => {
  await using directory = await TemporaryDirectory.create();
  const record = { pid: 42, url: "http://127.0.0.1:4400", startedAt: 1 };
  expect(await readServerRecord(directory.path)).toBeUndefined();
  await writeServerRecord(directory.path, record);
  expect(await readServerRecord(directory.path)).toEqual(record);
  expect(await readdir(directory.path)).toEqual(["server.json"]);
  await removeServerRecord(directory.path);
  expect(await readServerRecord(directory.path)).toBeUndefined();
});

it("takes a record that is no JSON for none", async () => {
  await using directory = await TemporaryDirectory.create();
  await writeFile(directory.join("server.json"), "{");
  expect(await readServerRecord(directory.path)).toBeUndefined();
});
