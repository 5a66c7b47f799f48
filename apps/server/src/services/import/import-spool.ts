import { randomUUID } from "node:crypto";
import { mkdir, open, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { MAX_IMPORT_BODY_BYTES, TrunklineError } from "@trunkline/contract";

/** Disk space to leave free: bytes, and share of the disk. What is imported counts to nobody's share of it. */
const KEPT_FREE = 1_073_741_824;
const KEPT_SHARE = 1 / 20;
/** A document is kept once while it is checked, once as events, and twice in the database: with its search index. */
const COPIES = 3;
/** Check the disk after this many bytes. */
const LOOK_EVERY = 67_108_864;

/** Concurrent imports per owner. */
const MAX_AT_ONCE = 4;

/** Files of one import, in a directory of its own below the data directory. */
export interface Spooled extends AsyncDisposable {
  /** The upload, unchanged. */
  received: string;
  /** Its events, once checked. */
  checked: string;
  bytes: number;
}

/** Stores documents while they are checked: they may be larger than memory. */
export class ImportSpool {
  readonly #directory: string;
  /** Number of imports by owner. */
  readonly #held = new Map<string, number>();

  constructor(dataDir: string) {
    this.#directory = join(dataDir, "imports");
  }

  /** Removes leftovers of a crashed process. */
  async clear(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  /**
   * @throws TrunklineError `payload_too_large` `rate_limited` `storage_full`, and errors of the source; nothing is left
   * behind then.
   */
  async receive(ownerId: string, source: AsyncIterable<Uint8Array>): Promise<Spooled> {
    const held = this.#held.get(ownerId) ?? 0;
    if (held === MAX_AT_ONCE) {
      throw new TrunklineError(
        "rate_limited",
        `${MAX_AT_ONCE} imports are in progress; wait for one to finish`,
      );
    }
    this.#held.set(ownerId, held + 1);
    const directory = join(this.#directory, randomUUID());
    const remove = async (): Promise<void> => {
      const left = (this.#held.get(ownerId) ?? 1) - 1;
      if (left === 0) this.#held.delete(ownerId);
      else this.#held.set(ownerId, left);
      await rm(directory, { recursive: true, force: true });
    };
    const received = join(directory, "received.json");
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const bytes = await this.#write(received, source);
      return { received, checked: join(directory, "events"), bytes, [Symbol.asyncDispose]: remove };
    } catch (error) {
      await remove();
      throw isFullDisk(error) ? noRoom(error) : error;
    }
  }

  async #write(path: string, source: AsyncIterable<Uint8Array>): Promise<number> {
    await using file = await open(path, "wx", 0o600);
    let bytes = 0;
    let looked = -LOOK_EVERY;
    for await (const chunk of source) {
      if (bytes - looked >= LOOK_EVERY) {
        await this.#requireRoom(bytes * COPIES);
        looked = bytes;
      }
      bytes += chunk.length;
      if (bytes > MAX_IMPORT_BODY_BYTES) {
        throw new TrunklineError("payload_too_large", `Body too large: limit ${MAX_IMPORT_BODY_BYTES} bytes`);
      }
      await file.appendFile(chunk);
    }
    return bytes;
  }

  /** @param needed beside what is written, in bytes */
  async #requireRoom(needed: number): Promise<void> {
    const { bavail, blocks, bsize } = await statfs(this.#directory);
    if (bavail * bsize - needed < Math.max(KEPT_FREE, blocks * bsize * KEPT_SHARE)) {
      throw noRoom();
    }
  }
}

export function isFullDisk(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

export function noRoom(cause?: unknown): TrunklineError {
  return new TrunklineError("storage_full", "The server's disk has no room for this document", { cause });
}
