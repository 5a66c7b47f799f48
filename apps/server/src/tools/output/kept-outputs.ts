import { rm } from "node:fs/promises";
import { type BlobRef, MAX_BLOB_BYTES } from "@trunkline/contract";
import type { Blobs } from "../../blobs/port.ts";
import { OutputSpool } from "./output-spool.ts";

export interface KeptOutputsDeps {
  blobs: Pick<Blobs, "put" | "open" | "findInSession">;
  /** For outputs on their way, of this process alone. */
  directory: string;
}

/** Whole outputs of commands, of which the log has only the beginning and the end: as blobs of their owner. */
export class KeptOutputs {
  readonly #deps: KeptOutputsDeps;

  private constructor(deps: KeptOutputsDeps) {
    this.#deps = deps;
  }

  /** Removes what a server that died left on its way. */
  static async open(deps: KeptOutputsDeps): Promise<KeptOutputs> {
    await rm(deps.directory, { recursive: true, force: true });
    return new KeptOutputs(deps);
  }

  /** @param memoryBytes of output that the log has whole anyway. */
  spool(memoryBytes: number): OutputSpool {
    return new OutputSpool(this.#deps.directory, { memoryBytes, maxBytes: MAX_BLOB_BYTES });
  }

  /** @returns null if it is short, or there is no room for it. */
  async keep(ownerId: string, spool: OutputSpool): Promise<BlobRef | null> {
    if (!spool.isWorthKeeping) return null;
    try {
      const { sha256, bytes, mediaType } = await this.#deps.blobs.put(ownerId, spool.read(), spool.bytes);
      return { sha256, bytes, mediaType, name: "output.txt" };
    } catch {
      // The owner's quota, or the disk, is full: the command has run all the same.
      return null;
    }
  }

  /** @param id the beginning of its hash. @returns undefined if no event of the session has it. */
  async read(sessionId: string, id: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const blob = await this.#deps.blobs.findInSession(sessionId, id);
    return blob === undefined ? undefined : this.#deps.blobs.open(blob.sha256);
  }
}

/** Of an output's hash, for the model: enough to tell a session's outputs apart. */
const ID_LENGTH = 16;

export function outputId({ sha256 }: BlobRef): string {
  return sha256.slice(0, ID_LENGTH);
}
