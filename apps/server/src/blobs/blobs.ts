import { setTimeout as timer } from "node:timers/promises";
import { MAX_BLOB_BYTES, MAX_BLOB_BYTES_PER_USER, TrunklineError } from "@trunkline/contract";
import type { Logger } from "pino";
import type { BlobFiles } from "./blob-files.ts";
import { KeyLock } from "../locks/port.ts";
import type { BlobStore } from "../store/port.ts";
import type { Blobs } from "./port.ts";

export interface BlobsDeps {
  store: BlobStore;
  files: BlobFiles;
  logger: Logger;
  /** Integer ms since the epoch. */
  now: () => number;
  maxBytes?: number;
  maxBytesPerUser?: number;
  /** Whether another database may name files that this one does not: then they all stay. */
  keepsFiles?: () => Promise<boolean>;
  /** Resolves after `ms`; rejects when the signal aborts. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How long an unreferenced upload is kept, in ms. */
export const GRACE_MS = 24 * 60 * 60 * 1_000;
const COLLECT_EVERY_MS = 60 * 60 * 1_000;
const COLLECTED_AT_ONCE = 200;

export function createBlobs(deps: BlobsDeps): Blobs {
  const { store, files, logger, now } = deps;
  const { maxBytes = MAX_BLOB_BYTES, maxBytesPerUser = MAX_BLOB_BYTES_PER_USER } = deps;
  const keepsFiles = deps.keepsFiles ?? (() => Promise.resolve(false));
  const wait = deps.wait ?? ((ms, signal) => timer(ms, undefined, { signal, ref: false }));
  /** Keeps a file from being removed between its arrival and its row. */
  const locks = new KeyLock();
  /** Bytes reserved for uploads in progress, by user. */
  const arriving = new Map<string, number>();
  const stopped = new AbortController();
  let collecting: Promise<void> | undefined;

  async function reserve(ownerId: string, bytes: number): Promise<Disposable> {
    const add = (more: number): void => {
      const left = (arriving.get(ownerId) ?? 0) + more;
      if (left > 0) arriving.set(ownerId, left);
      else arriving.delete(ownerId);
    };
    // Reserved before querying the store, so that two concurrent uploads can't both use the same space.
    const before = arriving.get(ownerId) ?? 0;
    add(bytes);
    try {
      const kept = await store.bytesOf(ownerId);
      if (kept + before + bytes > maxBytesPerUser) {
        throw new TrunklineError(
          "quota_exceeded",
          `Your files may use ${maxBytesPerUser} bytes in total; delete sessions that you no longer need`,
        );
      }
    } catch (error) {
      add(-bytes);
      throw error;
    }
    return { [Symbol.dispose]: () => add(-bytes) };
  }

  /** Row first: a file without a row can't be found, whereas a row without a file would be found but not readable. */
  const remove = async (sha256: string): Promise<void> =>
    locks.run(sha256, async () => {
      if ((await store.remove(sha256)) && !(await keepsFiles())) await files.remove(sha256);
    });

  /**
   * Files without a row. A server that died between file and row leaves one that came after the last look, and is older than
   * rows that came later. Any other tells that this database is not the one which had its row, but an older one, or another:
   * those stay, for whoever puts that one back.
   */
  async function sweep({ all }: { all: boolean }): Promise<void> {
    if (await keepsFiles()) return;
    const after = (await files.sweptAt()) ?? 0;
    const until = (await store.newestAt()) ?? 0;
    let kept = 0;
    for await (const names of files.list()) {
      for (const sha256 of await store.unknown(names)) {
        const at = (await files.writtenAt(sha256)) ?? 0;
        if (all || (after < at && at <= until)) await remove(sha256);
        else kept += 1;
      }
    }
    if (all) return;
    if (kept > 0) {
      logger.warn(
        { kept },
        "attachments that this database does not know are kept: they may be of a newer one. 'trunkline vacuum' removes them",
      );
    }
    await files.noteSweep();
  }

  async function collect(): Promise<void> {
    for (;;) {
      const cutoff = now() - GRACE_MS;
      await store.forgetUploads(cutoff);
      const unused = await store.unused(cutoff, COLLECTED_AT_ONCE);
      for (const sha256 of unused) await remove(sha256);
      if (unused.length < COLLECTED_AT_ONCE || stopped.signal.aborted) return;
    }
  }

  async function collectUntilStopped(): Promise<void> {
    for (let swept = false; !stopped.signal.aborted;) {
      try {
        if (!swept) await sweep({ all: false });
        swept = true;
        await collect();
        await wait(COLLECT_EVERY_MS, stopped.signal);
      } catch (error) {
        if (stopped.signal.aborted) return;
        logger.warn({ err: error }, "unused blobs could not be removed; trying again later");
        await wait(COLLECT_EVERY_MS, stopped.signal).catch(() => undefined);
      }
    }
  }

  return {
    async put(ownerId, chunks, size) {
      if (size !== null && size > maxBytes) {
        throw new TrunklineError("payload_too_large", `Blob too large: limit ${maxBytes} bytes`);
      }
      using _room = await reserve(ownerId, size ?? maxBytes);
      await using file = await files.receive(chunks, size ?? maxBytes);
      const { sha256, bytes, mediaType } = file;
      const blob = { sha256, bytes, mediaType, createdAt: now() };
      await locks.run(sha256, async () => {
        await file.keep();
        await store.add(ownerId, blob);
      });
      return blob;
    },
    find: async (ownerId, sha256) => store.find(ownerId, sha256),
    findInSession: async (sessionId, beginning) => store.findInSession(sessionId, beginning),
    open: async (sha256) => files.open(sha256),
    async collect() {
      await sweep({ all: true });
      await collect();
    },
    start() {
      collecting ??= collectUntilStopped();
    },
    async stop() {
      stopped.abort();
      await collecting;
    },
  };
}
