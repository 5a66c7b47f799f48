import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TrunklineError } from "@trunkline/contract";
import { closedUnread } from "../common/closed-unread.ts";
import { HEAD_BYTES, mediaTypeOf } from "./media-type.ts";

/** Bytes that have arrived and are durable, but have no name yet. */
export interface ReceivedFile extends AsyncDisposable {
  sha256: string;
  bytes: number;
  mediaType: string;
  /** Gives the file its final name. An existing file of that name has the same bytes, and is replaced. */
  keep(): Promise<void>;
}

/** Blob files, in directories `aa/` by the first characters of their hash. */
export interface BlobFiles {
  /** @throws TrunklineError `payload_too_large`, `storage_full` */
  receive(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<ReceivedFile>;
  /** @returns undefined if there is no such file. */
  open(sha256: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Where nodes share the directory, a file that has just come stays: another node is about to store its row. */
  remove(sha256: string): Promise<void>;
  /** The hashes of all files, one directory at a time. */
  list(): AsyncIterable<string[]>;
  /** When a file was written, in ms since the epoch; null: it is gone. */
  writtenAt(sha256: string): Promise<number | null>;
  /** Notes that all files were looked at, by the clock that dates them. */
  noteSweep(): Promise<void>;
  /** When that was last; null: never. */
  sweptAt(): Promise<number | null>;
}

const HOUR_MS = 3_600_000;
/** A partial upload that did not grow for so long belongs to a node that died. */
const DEAD_UPLOAD_MS = 24 * HOUR_MS;

/** Removes partial uploads of servers that died. @param isShared whether other nodes use the directory. */
export async function openBlobFiles(directory: string, isShared = false): Promise<BlobFiles> {
  const incoming = join(directory, "incoming");
  if (!isShared) await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  for (const name of isShared ? await readdir(incoming) : []) {
    const age = await ageOf(join(incoming, name), incoming).catch(() => 0);
    if (age > DEAD_UPLOAD_MS) await rm(join(incoming, name), { force: true });
  }
  const sweep = join(directory, "swept");
  const directoryOf = (sha256: string): string => join(directory, sha256.slice(0, 2));
  const pathOf = (sha256: string): string => join(directoryOf(sha256), sha256);

  async function keep(temporary: string, sha256: string): Promise<void> {
    await mkdir(directoryOf(sha256), { recursive: true, mode: 0o700 });
    await rename(temporary, pathOf(sha256));
    // A name is durable once its directory is synced; a new directory, once its parent is.
    await syncDirectory(directoryOf(sha256));
    await syncDirectory(directory);
  }

  return {
    async receive(chunks, maxBytes) {
      const temporary = join(incoming, randomUUID());
      try {
        const received = await write(temporary, chunks, maxBytes);
        return {
          ...received,
          keep: async () => keep(temporary, received.sha256),
          [Symbol.asyncDispose]: async () => rm(temporary, { force: true }),
        };
      } catch (error) {
        await rm(temporary, { force: true });
        throw asFullDisk(error);
      }
    },
    async open(sha256) {
      try {
        const file = await open(pathOf(sha256));
        return closedUnread(file.createReadStream() as AsyncIterable<Uint8Array>, async () => file.close());
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    async remove(sha256) {
      if (!isShared) return rm(pathOf(sha256), { force: true });
      // Out of the way first: what another node puts in its place from now on is not touched.
      const removed = join(incoming, randomUUID());
      try {
        await rename(pathOf(sha256), removed);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
        throw error;
      }
      const isNew = (await ageOf(removed, incoming)) < HOUR_MS;
      await (isNew ? rename(removed, pathOf(sha256)) : rm(removed));
    },
    writtenAt: async (sha256) => timeOf(pathOf(sha256)),
    noteSweep: async () => writeFile(sweep, "", { mode: 0o600 }),
    sweptAt: async () => timeOf(sweep),
    async *list() {
      for (const name of await readdir(directory)) {
        if (/^[0-9a-f]{2}$/.test(name)) yield await readdir(join(directory, name));
      }
    },
  };
}

/** Hashes while writing; only a piece at a time is in memory. */
async function write(path: string, chunks: AsyncIterable<Uint8Array>, maxBytes: number) {
  const file = await open(path, "wx", 0o600);
  try {
    const hash = createHash("sha256");
    let head = Buffer.alloc(0);
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        throw new TrunklineError("payload_too_large", `Blob too large: limit ${maxBytes} bytes`);
      }
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    await file.sync();
    return { sha256: hash.digest("hex"), bytes, mediaType: mediaTypeOf(head) };
  } finally {
    await file.close();
  }
}

/** @returns how long ago the file was written, in ms, by the clock that the directory's files are dated by. */
async function ageOf(path: string, directory: string): Promise<number> {
  const written = await stat(path);
  const probe = join(directory, randomUUID());
  await writeFile(probe, "");
  const { mtimeMs } = await stat(probe);
  await rm(probe);
  return mtimeMs - written.mtimeMs;
}

async function timeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

const NO_ROOM = new Set(["ENOSPC", "EDQUOT"]);

function asFullDisk(error: unknown): unknown {
  if (!(error instanceof Error) || !NO_ROOM.has((error as NodeJS.ErrnoException).code ?? "")) return error;
  return new TrunklineError("storage_full", "The server's disk is full; nothing was stored", {
    cause: error,
  });
}
