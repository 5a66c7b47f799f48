import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import Database from "better-sqlite3";
import { afterEach, expect, it } from "vitest";
import { writeServerRecord } from "../../data-dir/data-dir.ts";
import { NO_SMALL_DISK, SmallDisk } from "../testing/small-disk.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { DataDirLockedError, lockDataDir } from "./data-dir-lock.ts";

const LOCK_HOLDER = new URL("../testing/lock-holder.ts", import.meta.url);

const holders = new Set<ChildProcess>();
afterEach(() => {
  for (const holder of holders) holder.kill("SIGKILL");
  holders.clear();
});

async function startHolder(
  ...args: string[]
): Promise<{ holder: ChildProcess; childPid: number | undefined }> {
  const holder = fork(LOCK_HOLDER, args, { execArgv: ["--expose-gc"] });
  holders.add(holder);
  const [{ childPid }] = (await once(holder, "message")) as [{ childPid?: number }];
  return { holder, childPid };
}

async function kill(holder: ChildProcess): Promise<void> {
  holder.kill("SIGKILL");
  await once(holder, "exit");
}

it("refuses a second process, and names the one that holds the directory", async () => {
  await using directory = await TemporaryDirectory.create();
  const { holder } = await startHolder(directory.path);
  const refusal: unknown = await lockDataDir(directory.path).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(DataDirLockedError);
  expect((refusal as Error).message).toContain(`process ${holder.pid}`);
  expect((refusal as Error).message).toContain("http://127.0.0.1:4400");
  expect((refusal as Error).message).toContain(directory.path);
});

it("is held until it is let go, whatever the garbage collector finds", async () => {
  await using directory = await TemporaryDirectory.create();
  const { holder } = await startHolder(directory.path, "collect-garbage");
  await expect(lockDataDir(directory.path)).rejects.toThrow(DataDirLockedError);
  await kill(holder);
});

it("is free as soon as its holder was killed, also while a child of the holder lives on", async () => {
  await using directory = await TemporaryDirectory.create();
  const { holder, childPid } = await startHolder(directory.path, "leave-child");
  await kill(holder);
  try {
    using lock = await lockDataDir(directory.path);
    expect(lock).toBeDefined();
  } finally {
    if (childPid !== undefined) process.kill(childPid, "SIGKILL");
  }
});

it("can be taken on a full disk", async (test) => {
  await using disk = await SmallDisk.mount(1);
  if (disk === undefined) return test.skip(NO_SMALL_DISK);
  disk.fill();
  using lock = await lockDataDir(disk.path);
  expect(lock).toBeDefined();
  return undefined;
});

it("does not name the process of a stale record", async () => {
  await using directory = await TemporaryDirectory.create();
  const { holder } = await startHolder(directory.path);
  await kill(holder);
  using lock = await lockDataDir(directory.path);
  const again = lockDataDir(directory.path);
  await expect(again).rejects.toThrow(DataDirLockedError);
  await expect(again).rejects.not.toThrow(String(holder.pid));
  expect(lock).toBeDefined();
});

it("can be taken again once it was let go", async () => {
  await using directory = await TemporaryDirectory.create();
  for (let turn = 0; turn < 3; turn++) {
    using lock = await lockDataDir(directory.path);
    expect(lock).toBeDefined();
    expect(await readdir(directory.path)).toEqual(["trunkline.lock"]);
  }
});

// A POSIX lock is lost when its process closes another descriptor of the file; SQLite keeps its own open until then.
it("is not lost to other connections of the same process", async () => {
  await using directory = await TemporaryDirectory.create();
  using lock = await lockDataDir(directory.path);
  await expect(lockDataDir(directory.path)).rejects.toThrow(DataDirLockedError);
  new Database(directory.join("trunkline.lock"), { readonly: true }).close();
  await writeServerRecord(directory.path, { pid: process.pid, url: "http://127.0.0.1:1", startedAt: 0 });
  expect(await tryInAnotherProcess(directory.path)).toContain(`process ${process.pid}`);
  expect(lock).toBeDefined();
});

async function tryInAnotherProcess(dataDir: string): Promise<string> {
  const child = fork(LOCK_HOLDER, [dataDir], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  holders.add(child);
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (errors += text));
  await once(child, "close");
  return errors;
}
