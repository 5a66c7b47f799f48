import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, it, vi } from "vitest";
import { NO_SMALL_DISK, SmallDisk } from "../store/testing/small-disk.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { DiskShares, type DiskSharesOptions } from "./disk-shares.ts";
import { usedBytesWithin } from "./used-bytes.ts";

const MIB = 1_048_576;
const run = promisify(execFile);

/** Directories of ada's and bob's sessions and projects. */
class Bench {
  readonly shares: DiskShares;
  readonly warn = vi.fn<(fields: object, message: string) => void>();
  readonly #directory: string;
  readonly #owners = new Map<string, string>();

  constructor(directory: string, options: Partial<DiskSharesOptions>) {
    this.#directory = directory;
    this.shares = new DiskShares({
      directory,
      userBytes: 3 * MIB,
      reservedBytes: 0,
      isShared: () => true,
      ownersOf: async (_kind, ids) => new Map(ids.flatMap((id) => this.#entry(id))),
      usedBytesWithin,
      logger: { warn: this.warn as never },
      ...options,
    });
  }

  async add(ownerId: string | null, place: string, megabytes: number): Promise<string> {
    const id = uuidv7();
    if (ownerId !== null) this.#owners.set(id, ownerId);
    const path = `${this.#directory}/${place}/${id}${place === "publications" ? ".git" : ""}`;
    await mkdir(`${path}/inside`, { recursive: true });
    await writeFile(`${path}/inside/file`, Buffer.alloc(megabytes * MIB, 1));
    return path;
  }

  #entry(id: string): [string, string][] {
    const ownerId = this.#owners.get(id);
    return ownerId === undefined ? [] : [[id, ownerId]];
  }

  refused(): string[] {
    return ["ada", "bob"].filter((user) => {
      try {
        this.shares.requireRoom(user);
        return false;
      } catch (error) {
        expect(error).toMatchObject({ reason: "storage_full" });
        return true;
      }
    });
  }
}

describe("what one user may take", () => {
  it("counts workspaces, checkpoints, published branches, agents' files and repositories, whose nobody's are is nobody's", async () => {
    await using directory = await TemporaryDirectory.create();
    const bench = new Bench(directory.path, {});
    const places = ["workspaces", "checkpoints", "publications", "agents", "projects"];
    for (const place of places) await bench.add("ada", place, 0.5);
    await bench.add("bob", "workspaces", 2);
    await bench.add(null, "workspaces", 9);
    await mkdir(directory.join("workspaces/.preparing/x"), { recursive: true });
    await writeFile(directory.join("workspaces/.preparing/x/file"), Buffer.alloc(9 * MIB));
    await bench.shares.measure();
    expect(bench.refused()).toEqual([]);
    const more = await bench.add("ada", "workspaces", 1);
    await bench.shares.measure();
    expect(bench.refused()).toEqual(["ada"]);
    expect(() => bench.shares.requireRoom("ada")).toThrow(
      /^Your sessions and projects take 3\.\d MiB .* one user may take 3 MiB\. Delete/,
    );
    await rm(more, { recursive: true });
    await bench.shares.measure();
    expect(bench.refused()).toEqual([]);
    expect(bench.warn).not.toHaveBeenCalled();
  });

  it("knows at once what is noted, and keeps what is newer or could not be read", async () => {
    await using directory = await TemporaryDirectory.create();
    const bench = new Bench(directory.path, {});
    const workspace = await bench.add("ada", "workspaces", 1);
    expect(await bench.shares.note(workspace, 9 * MIB)).toBeNull();
    await bench.shares.measure();
    expect(await bench.shares.note(workspace, 2 * MIB)).toEqual({ limitBytes: 3 * MIB, leftBytes: MIB });
    expect(await bench.shares.note(workspace, 4 * MIB)).toEqual({ limitBytes: 3 * MIB, leftBytes: -MIB });
    expect(bench.refused()).toEqual(["ada"]);
    expect(await bench.shares.note(directory.join("elsewhere"), 99 * MIB)).toBeNull();
    // One of a session that started since.
    const fresh = await bench.add("bob", "workspaces", 0);
    expect(await bench.shares.note(fresh, 5 * MIB)).toMatchObject({ leftBytes: -2 * MIB });
    expect(bench.refused()).toEqual(["ada", "bob"]);
    await bench.shares.measure();
    expect(bench.refused()).toEqual([]);
    const measuring = bench.shares.measure();
    await bench.shares.note(workspace, 4 * MIB);
    await measuring;
    expect(bench.refused()).toEqual(["ada"]);
  });

  it("keeps what was noted of a directory that a task has closed to the server", async () => {
    await using directory = await TemporaryDirectory.create();
    let closed: string[] = [];
    const bench = new Bench(directory.path, {
      usedBytesWithin: async () => ({
        sums: new Map([[workspace, 4_096]]),
        unread: new Set(closed),
      }),
    });
    const workspace = await bench.add("ada", "workspaces", 0);
    await bench.shares.measure();
    await bench.shares.note(workspace, 4 * MIB);
    closed = [workspace];
    await bench.shares.measure();
    expect(bench.refused()).toEqual(["ada"]);
    closed = [];
    await bench.shares.measure();
    expect(bench.refused()).toEqual([]);
  });

  it("is half of what there is where nothing is set, if the server has several users", async ({ skip }) => {
    await using disk = await SmallDisk.mount(64);
    if (disk === undefined) return skip(NO_SMALL_DISK);
    let several = true;
    const bench = new Bench(disk.path, { userBytes: null, isShared: () => several });
    const workspace = await bench.add("ada", "workspaces", 20);
    await bench.add("bob", "workspaces", 4);
    await bench.shares.measure();
    expect(bench.refused()).toEqual([]);
    expect(await bench.shares.note(workspace, 60 * MIB)).toBeNull();
    // Now 8 MiB are free, and bob's are 20 of the others.
    const extra = await bench.add("bob", "workspaces", 16);
    const kept = await bench.add("ada", "checkpoints", 16);
    await bench.shares.measure();
    expect(bench.refused()).toEqual(["ada"]);
    expect(await bench.shares.note(workspace, 20 * MIB)).toMatchObject({
      limitBytes: expect.toSatisfy((bytes: number) => Math.abs(bytes - 32 * MIB) < MIB) as number,
    });
    await rm(extra, { recursive: true });
    await rm(kept, { recursive: true });
    expect(await bench.shares.note(workspace, 20 * MIB)).toBeNull();
    expect(bench.refused()).toEqual([]);
    several = false;
    expect(await bench.shares.note(workspace, 60 * MIB)).toBeNull();
    await bench.shares.measure();
    expect(bench.refused()).toEqual([]);
  });

  it("knows at once what has been deleted, also while it may not be measured yet", async ({ skip }) => {
    await using disk = await SmallDisk.mount(256);
    if (disk === undefined) return skip(NO_SMALL_DISK);
    const bench = new Bench(disk.path, {
      userBytes: 60 * MIB,
      async usedBytesWithin(...given) {
        // As if it had taken long: it rests for the rest of the test.
        vi.spyOn(performance, "now").mockReturnValue(1e12);
        return usedBytesWithin(...given);
      },
    });
    using _clock = vi.spyOn(performance, "now").mockReturnValue(0);
    const one = await bench.add("ada", "workspaces", 40);
    await bench.add("ada", "checkpoints", 30);
    await bench.shares.look();
    expect(bench.refused()).toEqual(["ada"]);
    await rm(one, { recursive: true });
    await bench.shares.look();
    expect(bench.refused()).toEqual([]);
  });

  it("leaves the half of what may be taken: the disk's floor is nobody's", async ({ skip }) => {
    await using disk = await SmallDisk.mount(64);
    if (disk === undefined) return skip(NO_SMALL_DISK);
    const bench = new Bench(disk.path, { userBytes: null, reservedBytes: 32 * MIB });
    await bench.add("ada", "workspaces", 15);
    await bench.shares.measure();
    expect(bench.refused()).toEqual([]);
    await bench.add("ada", "workspaces", 2);
    await bench.shares.measure();
    expect(bench.refused()).toEqual(["ada"]);
  });

  it("is measured anew once the disk has changed enough to matter, whoever has changed it", async ({
    skip,
  }) => {
    await using disk = await SmallDisk.mount(256);
    if (disk === undefined) return skip(NO_SMALL_DISK);
    const measured = vi.fn<typeof usedBytesWithin>(usedBytesWithin);
    const bench = new Bench(disk.path, { userBytes: 60 * MIB, usedBytesWithin: measured });
    const look = async (): Promise<string[]> => {
      await bench.shares.look();
      return bench.refused();
    };
    // However long one takes, the next is within its share of the time.
    using _clock = vi.spyOn(performance, "now").mockReturnValue(1e12);
    await bench.add("ada", "workspaces", 20);
    expect(await look()).toEqual([]);
    await bench.add("ada", "checkpoints", 4);
    expect(await look()).toEqual([]);
    expect(measured).toHaveBeenCalledTimes(1);
    const fork = await bench.add("ada", "workspaces", 40);
    expect(await look()).toEqual(["ada"]);
    await rm(fork, { recursive: true });
    expect(await look()).toEqual([]);
    expect(measured).toHaveBeenCalledTimes(3);
  });

  it("lets everybody go on where it can't be measured, and says so", async () => {
    await using directory = await TemporaryDirectory.create();
    const bench = new Bench(directory.path, {
      ownersOf: async () => {
        throw new Error("away");
      },
    });
    await bench.add("ada", "workspaces", 9);
    await bench.shares.measure();
    expect(bench.refused()).toEqual([]);
    expect(bench.warn).toHaveBeenCalledOnce();
  });
});

it.each([
  ["says which directories it could not read", false],
  ["reads them where something may", true],
])("usedBytesWithin %s, as an ordinary user", async (_what, hasReader) => {
  await using directory = await TemporaryDirectory.create();
  const isRoot = process.getuid?.() === 0;
  const script = [
    "mkdir -p a/b/it's a/c/plain other",
    "head -c 1M /dev/zero > a/b/it's/file",
    "chmod 0 a/b/it's",
    `chmod 755 . && ${isRoot ? "chown -R 65534:65534 a" : "true"}`,
  ]
    .join(" && ")
    .replaceAll("it's", "it\\'s");
  await run("bash", ["-c", script], { cwd: directory.path });
  const module = new URL("used-bytes.ts", import.meta.url).href;
  const reading = new URL("../tools/sandbox/disk-usage.ts", import.meta.url).href;
  const { stdout } = await run(process.execPath, [
    "--input-type=module",
    "-e",
    `const { usedBytesWithin } = await import(${JSON.stringify(module)});
    ${isRoot ? "process.setgroups([]); process.setgid(65534); process.setuid(65534);" : ""}
    const { readerOfAll } = await import(${JSON.stringify(reading)});
    const { sums, unread } = await usedBytesWithin(
      [${JSON.stringify(directory.join("a"))}], new AbortController().signal, ${hasReader ? 'readerOfAll("/usr/bin/bwrap")' : "[]"},
    );
    console.log(JSON.stringify([[...sums.keys()].sort(), [...unread], sums.get(${JSON.stringify(directory.join("a/b"))}) > 1_000_000]));`,
  ]);
  expect(JSON.parse(stdout)).toEqual([
    [directory.join("a/b"), directory.join("a/c")],
    hasReader ? [] : [directory.join("a/b")],
    hasReader,
  ]);
  await run("chmod", ["-R", "u+rwX", directory.path]);
});
