import { open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** A node of a later version, beside which this one runs for a while, may have written more. */
const Entry = z.object({
  /** The process that restores the files. */
  nodeId: z.string(),
  /** The files that the workspace gets. */
  commit: z.string(),
  tree: z.string(),
  toSeq: z.int(),
  paths: z.array(z.string()).optional(),
  by: z.string(),
});

/** A revert that has begun: written before the first file is touched, removed once the log says that it is done. */
export type RevertEntry = z.infer<typeof Entry>;

export class RevertJournal {
  readonly #file: string;

  /** @param repository the session's private one. */
  constructor(repository: string) {
    this.#file = join(repository, "revert.json");
  }

  async read(): Promise<RevertEntry | null> {
    const text = await readFile(this.#file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
    return text === null ? null : Entry.parse(JSON.parse(text));
  }

  /** Durable and whole, or not there. */
  async write(entry: RevertEntry): Promise<void> {
    const draft = `${this.#file}.new`;
    const file = await open(draft, "w", 0o600);
    try {
      await file.writeFile(JSON.stringify(entry));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.#file);
  }

  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}
