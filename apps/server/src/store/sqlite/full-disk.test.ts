import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Store, StoreOpenError, StoreUnavailableError } from "../port.ts";
import { createSession, notice, readMessages } from "../testing/session-log.ts";
import { NO_SMALL_DISK, SmallDisk } from "../testing/small-disk.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const BALLAST_BYTES = 4 * 1_024 * 1_024;

async function open(disk: SmallDisk): Promise<Store> {
  return openSqliteStore({
    path: join(disk.path, "db"),
    now: Date.now,
    onFatal(error) {
      throw error;
    },
  });
}

const ballastOf = (disk: SmallDisk) => statSync(join(disk.path, "db-ballast"), { throwIfNoEntry: false });

/** Commits events of 50 KB one by one. @returns the messages acknowledged before the disk was full. */
async function commitUntilFull(store: Store, sessionId: string): Promise<string[]> {
  const acknowledged: string[] = [];
  for (;;) {
    const message = `${acknowledged.length} ${"x".repeat(50_000)}`;
    try {
      await store.append(sessionId, [notice(message)]);
    } catch (error) {
      expect(error).toBeInstanceOf(StoreUnavailableError);
      expect(error).toMatchObject({ reason: "storage_full" });
      return acknowledged;
    }
    acknowledged.push(message);
  }
}

it("keeps what it acknowledged when the disk is full, lets tasks end, and goes on when there is room", async (test) => {
  await using disk = await SmallDisk.mount(24);
  if (disk === undefined) return test.skip(NO_SMALL_DISK);
  const store = await open(disk);
  expect(ballastOf(disk)?.blocks).toBe(BALLAST_BYTES / 512);
  const sessionId = await createSession(store);
  await store.append(sessionId, [notice("while there was room")]);

  disk.fill();
  const kept = ["while there was room", ...(await commitUntilFull(store, sessionId))];
  expect(ballastOf(disk)).toBeUndefined();
  expect(await readMessages(store, sessionId)).toEqual(kept);

  // An ending together with refused commits, in one batch.
  const [refused, ended] = await Promise.allSettled([
    store.append(sessionId, [notice("ordinary")]),
    store.append(sessionId, [notice("an ending")], { mayUseBallast: true }),
  ]);
  expect(refused).toMatchObject({ status: "rejected", reason: { reason: "storage_full" } });
  expect(ended.status).toBe("fulfilled");
  kept.push("an ending");
  for (let index = 0; index < 100; index++) {
    await store.append(sessionId, [notice(`ending ${index}`)], { mayUseBallast: true });
    kept.push(`ending ${index}`);
  }
  expect(await readMessages(store, sessionId)).toEqual(kept);

  disk.makeRoom();
  await store.append(sessionId, [notice("there is room again")]);
  kept.push("there is room again");
  expect(ballastOf(disk)?.blocks).toBe(BALLAST_BYTES / 512);

  await store.close();
  const reopened = await open(disk);
  expect(await readMessages(reopened, sessionId)).toEqual(kept);
  await reopened.close();
  return undefined;
});

it("uses the room that deletes have left in the database, where the disk has none", async (test) => {
  await using disk = await SmallDisk.mount(48);
  if (disk === undefined) return test.skip(NO_SMALL_DISK);
  const store = await open(disk);
  const [large, small] = [await createSession(store), await createSession(store)];
  for (let index = 0; index < 200; index++) {
    await store.append(large, [notice("x".repeat(50_000))]);
  }
  disk.fill();
  await commitUntilFull(store, small);
  await store.sessions.remove(large);
  for (let index = 0; index < 20; index++) {
    await store.append(small, [notice(`after the delete ${index}`)]);
  }
  expect(ballastOf(disk)).toBeUndefined();
  await store.close();
  return undefined;
});

it("starts on a full disk while it has its ballast, and says what to do where it has none", async (test) => {
  await using disk = await SmallDisk.mount(24);
  if (disk === undefined) return test.skip(NO_SMALL_DISK);
  const first = await open(disk);
  const sessionId = await createSession(first);
  await first.append(sessionId, [notice("before")]);
  await first.close();

  disk.fill();
  const second = await open(disk);
  expect(await readMessages(second, sessionId)).toEqual(["before"]);
  await expect(second.append(sessionId, [notice("ordinary")])).rejects.toMatchObject({
    reason: "storage_full",
  });
  await second.append(sessionId, [notice("an ending")], { mayUseBallast: true });
  await second.close();

  disk.fill();
  const refusal: unknown = await open(disk).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(StoreOpenError);
  expect(refusal).toMatchObject({ reason: "storage_full" });

  disk.makeRoom();
  const third = await open(disk);
  expect(await readMessages(third, sessionId)).toEqual(["before", "an ending"]);
  await third.close();
  return undefined;
});
