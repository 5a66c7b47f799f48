import { createHash } from "node:crypto";
import { mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pino } from "pino";
import { v7 as uuidv7 } from "uuid";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../store/port.ts";
import { isAnyKept } from "../store/backup/kept-databases.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { verifyDatabase } from "../store/sqlite/verify-database.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { openBlobFiles } from "./blob-files.ts";
import { createBlobs } from "./blobs.ts";
import type { Blobs } from "./port.ts";

const DAY_MS = 86_400_000;
const ALICE = uuidv7();
const BOB = uuidv7();
const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

async function* chunks(...parts: (string | Error)[]): AsyncGenerator<Buffer, void> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield Buffer.from(part);
  }
}

describe("blobs", () => {
  let directory: TemporaryDirectory;
  let store: Store;
  let now: number;
  let blobs: Blobs;
  let collected: PromiseWithResolvers<void>;
  const files = () => join(directory.path, "blobs");

  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
    now = 10 * DAY_MS;
    const path = join(directory.path, "db");
    store = await openSqliteStore({
      path,
      now: () => now,
      onFatal: (error) => {
        throw error;
      },
    });
    blobs = await open();
  });
  afterEach(async () => {
    await blobs.stop();
    await store.close();
    await directory[Symbol.asyncDispose]();
  });

  async function open(): Promise<Blobs> {
    collected = Promise.withResolvers<void>();
    return createBlobs({
      store: store.blobs,
      files: await openBlobFiles(files()),
      keepsFiles: async () => isAnyKept(join(directory.path, "db")),
      logger: pino({ level: "silent" }),
      now: () => now,
      maxBytes: 100,
      maxBytesPerUser: 150,
      // It has collected once, and waits until it is stopped.
      wait: async (_ms, signal) => {
        collected.resolve();
        const { promise, reject } = Promise.withResolvers<void>();
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        await promise;
      },
    });
  }

  async function collect(): Promise<void> {
    await blobs.stop();
    blobs = await open();
    blobs.start();
    await collected.promise;
  }

  const stored = async (): Promise<string[]> => {
    const names = await readdir(files(), { recursive: true });
    return names.filter((name) => /[0-9a-f]{64}$/.test(name)).map((name) => name.slice(-64));
  };
  /** The clock of the disk is not the test's. */
  const date = async (sha256: string, at: number): Promise<void> =>
    utimes(join(files(), sha256.slice(0, 2), sha256), at / 1_000, at / 1_000);
  const textOf = async (sha256: string): Promise<string> =>
    (await buffer((await blobs.open(sha256))!)).toString();

  /** A session of the owner's whose log refers to the blob. */
  async function refer(ownerId: string, sha256: string): Promise<string> {
    const sessionId = uuidv7();
    const blob = { sha256, mediaType: "text/plain", bytes: 5 };
    const attachments = [
      { type: "file" as const, blob },
      { type: "file" as const, blob },
    ];
    const created = { taskId: null, type: "session.created", data: { title: "x", model: null } } as const;
    const data = { prompt: "x", model: null, attachments };
    await store.append(sessionId, [created, { taskId: uuidv7(), type: "task.submitted", data }], { ownerId });
    return sessionId;
  }

  async function remove(sessionId: string): Promise<void> {
    await store.sessions.hide(
      { id: sessionId, at: now, hiddenBy: "node" },
      {
        id: uuidv7(),
        at: now,
        userId: ALICE,
        userName: "alice",
        tokenId: null,
        action: "session.delete",
        target: sessionId,
        decision: "allowed",
        detail: null,
        address: null,
        count: 1,
      },
    );
    await store.sessions.remove(sessionId);
  }

  it("stores the same bytes once, and gives them back", async () => {
    const first = await blobs.put(ALICE, chunks("hel", "lo"), 5);
    expect(first).toEqual({ sha256: hashOf("hello"), bytes: 5, mediaType: "text/plain", createdAt: now });
    expect(await blobs.put(BOB, chunks("hello"), null)).toEqual(first);
    expect(await stored()).toEqual([first.sha256]);
    expect(await textOf(first.sha256)).toBe("hello");
    expect(await readdir(join(files(), "incoming"))).toEqual([]);
  });

  it("gives a blob to its uploader and to owners of sessions that refer to it: knowing the hash is not enough", async () => {
    const { sha256 } = await blobs.put(ALICE, chunks("hello"), 5);
    expect(await blobs.find(ALICE, sha256)).toBeDefined();
    expect(await blobs.find(BOB, sha256)).toBeUndefined();
    const sessionId = await refer(BOB, sha256);
    expect(await blobs.find(BOB, sha256)).toBeDefined();
    await remove(sessionId);
    expect(await blobs.find(BOB, sha256)).toBeUndefined();
  });

  it("gives nothing for what an imported document says it refers to", async () => {
    const { sha256 } = await blobs.put(ALICE, chunks("hello"), 5);
    const sessionId = uuidv7();
    await store.sessions.begin({ id: sessionId, ownerId: BOB, at: now, hiddenBy: "node" });
    const taskId = uuidv7();
    const attachments = [{ type: "file" as const, blob: { sha256, mediaType: "text/plain", bytes: 5 } }];
    await store.sessions.insertLog(sessionId, [
      { seq: 1, taskId, at: 1, type: "task.submitted", data: { prompt: "x", model: null, attachments } },
    ]);
    const imported = { title: "x", agent: "default", model: null, createdAt: 1, updatedAt: 1 };
    await store.append(sessionId, [{ taskId: null, type: "session.imported", data: imported }], {
      ownerId: BOB,
      reveals: true,
    });
    expect(await blobs.find(BOB, sha256)).toBeUndefined();
  });

  it("keeps what a fork shares with its parent, after the parent is gone", async () => {
    const { sha256 } = await blobs.put(ALICE, chunks("hello"), 5);
    const parent = await refer(ALICE, sha256);
    const fork = uuidv7();
    await store.sessions.begin({ id: fork, ownerId: ALICE, lastSeq: 2, at: now, hiddenBy: "node" });
    await store.sessions.copyLog(parent, fork, 2);
    const forked = { parentId: parent, atSeq: 2, title: "x", model: null, agent: "default" };
    await store.append(fork, [{ taskId: null, type: "session.forked", data: forked }], {
      ownerId: ALICE,
      reveals: true,
    });
    expect((await verifyDatabase(join(directory.path, "db"))).differences).toEqual([]);
    await remove(parent);
    now += 2 * DAY_MS;
    await collect();
    expect(await blobs.find(ALICE, sha256)).toBeDefined();
    expect(await textOf(sha256)).toBe("hello");
  });

  it("refuses what is too large, however it comes, and leaves nothing of it", async () => {
    const large = "x".repeat(101);
    const tooLarge = expect.objectContaining({ reason: "payload_too_large" }) as Error;
    await expect(blobs.put(ALICE, chunks(large), 101)).rejects.toEqual(tooLarge);
    await expect(blobs.put(ALICE, chunks("x".repeat(60), "x".repeat(60)), null)).rejects.toEqual(tooLarge);
    await expect(blobs.put(ALICE, chunks("half", new Error("gone")), 8)).rejects.toThrow("gone");
    expect(await readdir(files(), { recursive: true })).toEqual(["incoming"]);
    expect((await blobs.put(ALICE, chunks("x".repeat(100)), 100)).bytes).toBe(100);
  });

  it("bounds what one user keeps, uploads at the same time included, and nobody else", async () => {
    const put = async (ownerId: string, letter: string) =>
      blobs.put(ownerId, chunks(letter.repeat(80)), 80).then(
        () => "stored",
        (error: { reason?: string }) => error.reason,
      );
    const both = await Promise.all([put(ALICE, "a"), put(ALICE, "b")]);
    expect(both).toEqual(["stored", "quota_exceeded"]);
    expect(await put(BOB, "c")).toBe("stored");
    // What was reserved for the refused one is free again.
    expect((await blobs.put(ALICE, chunks("d".repeat(70)), 70)).bytes).toBe(70);
  });

  it("removes what nobody needs once its time of grace is over, and no earlier", async () => {
    const { sha256 } = await blobs.put(ALICE, chunks("hello"), 5);
    await collect();
    expect(await stored()).toEqual([sha256]);
    const sessionId = await refer(ALICE, sha256);
    now += 2 * DAY_MS;
    await collect();
    expect(await stored()).toEqual([sha256]);
    await remove(sessionId);
    await collect();
    expect(await stored()).toEqual([]);
    expect(await blobs.find(ALICE, sha256)).toBeUndefined();
    expect(await store.blobs.bytesOf(ALICE)).toBe(0);
  });

  it("an upload that comes again is as new", async () => {
    const { sha256 } = await blobs.put(ALICE, chunks("hello"), 5);
    now += 2 * DAY_MS;
    await blobs.put(ALICE, chunks("hello"), 5);
    await collect();
    expect(await textOf(sha256)).toBe("hello");
  });

  it("keeps the files of a database that a restore has set aside, until that is removed and space is wanted", async () => {
    const { sha256 } = await blobs.put(ALICE, chunks("hello"), 5);
    // Not in this database: it is older than the upload.
    const later = hashOf("later");
    await mkdir(join(files(), later.slice(0, 2)), { recursive: true });
    await writeFile(join(files(), later.slice(0, 2), later), "later");
    const aside = join(directory.path, "db.replaced-2026-11-30T12-00-00.000Z");
    await writeFile(aside, "");
    now += 2 * DAY_MS;
    await collect();
    expect(await blobs.find(ALICE, sha256)).toBeUndefined();
    expect((await stored()).toSorted()).toEqual([sha256, later].toSorted());
    await rm(aside);
    await collect();
    expect((await stored()).toSorted()).toEqual([sha256, later].toSorted());
    await blobs.collect();
    expect(await stored()).toEqual([]);
  });

  it("after a crash: half an upload, and a file without a row, are removed; a row without a file reads as gone", async () => {
    const lost = hashOf("lost");
    await mkdir(join(files(), lost.slice(0, 2)), { recursive: true });
    await writeFile(join(files(), lost.slice(0, 2), lost), "lost");
    await date(lost, now - 1_000);
    await writeFile(join(files(), "incoming", "half"), "ha");
    const kept = await blobs.put(ALICE, chunks("hello"), 5);
    await collect();
    expect(await stored()).toEqual([kept.sha256]);
    expect(await readdir(join(files(), "incoming"))).toEqual([]);
    expect(await blobs.open(lost)).toBeUndefined();
  });

  it("keeps the files of a newer database than this one, also once this one has been worked with", async () => {
    await blobs.put(ALICE, chunks("hello"), 5);
    await date(hashOf("hello"), now);
    await collect();
    // As a server on a database that was restored since sees what came after the backup.
    const newer = hashOf("newer");
    await mkdir(join(files(), newer.slice(0, 2)), { recursive: true });
    await writeFile(join(files(), newer.slice(0, 2), newer), "newer");
    await date(newer, now + 1_000);
    await utimes(join(files(), "swept"), now / 1_000, now / 1_000);
    await collect();
    expect(await stored()).toContain(newer);

    now += 60_000;
    await blobs.put(ALICE, chunks("again"), 5);
    await utimes(join(files(), "swept"), now / 1_000, now / 1_000);
    await collect();
    expect(await stored()).toContain(newer);
    await blobs.collect();
    expect(await stored()).not.toContain(newer);
  });
});
