import { randomFillSync } from "node:crypto";
import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { isNoSpace } from "./fault.ts";

const SIZE_BYTES = 4 * 1_024 * 1_024;
const CHUNK_BYTES = 65_536;

/**
 * Space reserved for a full disk: a file that is deleted then, so that whatever ends or deletes something can still be
 * committed. Random bytes, because file systems may store zeros as holes.
 */
export class Ballast {
  readonly #path: string;
  #isKept = false;

  /** @param databasePath the database beside it. */
  constructor(databasePath: string) {
    this.#path = `${databasePath}-ballast`;
  }

  get isKept(): boolean {
    return this.#isKept;
  }

  /** Creates the file if it is missing and the disk has twice its size free. */
  keep(): boolean {
    this.#isKept = this.exists() || (this.#hasRoom() && this.#write());
    return this.#isKept;
  }

  drop(): void {
    rmSync(this.#path, { force: true });
    this.#isKept = false;
  }

  /** @returns whether it is complete: a server has run in this directory before. */
  exists(): boolean {
    return statSync(this.#path, { throwIfNoEntry: false })?.size === SIZE_BYTES;
  }

  #hasRoom(): boolean {
    const { bavail, bsize } = statfsSync(dirname(this.#path));
    return bavail * bsize >= 2 * SIZE_BYTES;
  }

  #write(): boolean {
    const file = openSync(this.#path, "w", 0o600);
    try {
      const chunk = new Uint8Array(CHUNK_BYTES);
      for (let written = 0; written < SIZE_BYTES;) {
        randomFillSync(chunk);
        written += writeSync(file, chunk, 0, Math.min(CHUNK_BYTES, SIZE_BYTES - written));
      }
      return true;
    } catch (error) {
      rmSync(this.#path, { force: true });
      if (isNoSpace(error)) return false;
      throw error;
    } finally {
      closeSync(file);
    }
  }
}
