import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkDataDir, checkDisk, checkNode, judgeDisk } from "./check-machine.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "trunkline-doctor-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

it.each([
  ["24.15.9", "fail"],
  ["24.16.0", "ok"],
  ["26.0.0", "ok"],
  ["22.99.0", "fail"],
])("Node %s: %s", (version, level) => {
  expect(checkNode(version).level).toBe(level);
});

it("looks who else can look into the data directory", async () => {
  expect(await checkDataDir(dataDir)).toMatchObject({ level: "ok", message: `${dataDir}, mode 700` });
  await chmod(dataDir, 0o750);
  expect(await checkDataDir(dataDir)).toMatchObject({
    level: "warn",
    message: expect.stringContaining(`mode 750: other users may read it. Fix: chmod 700 ${dataDir}`),
  });
});

it("expects a directory, or none yet", async () => {
  expect(await checkDataDir(join(dataDir, "later"))).toMatchObject({ level: "warn" });
  const file = join(dataDir, "file");
  await writeFile(file, "");
  expect(await checkDataDir(file)).toMatchObject({ level: "fail" });
  expect(await checkDataDir(join(file, "below"))).toMatchObject({ level: "fail" });
});

it("measures the disk of a directory that is yet to come", async () => {
  expect(await checkDisk(join(dataDir, "not", "yet"))).toMatchObject({
    message: expect.stringMatching(/^\d+\.\d GB free/),
  });
});

it.each([
  [99_000_000, "fail"],
  [999_000_000, "warn"],
  [1_000_000_000, "ok"],
])("%d bytes free: %s", (bytes, level) => {
  expect(judgeDisk(bytes).level).toBe(level);
});
