import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { makeId, readId } from "../common/id-file.ts";
import type { SharedDirectoryStore } from "../store/port.ts";

/** Holds the directory's id. */
export const SHARED_DIRECTORY_FILE = "trunkline-directory";
/** One file per node that lives. */
const NODES = "nodes";
/** Interval of a node's checks, in ms: well within its time-to-live. */
const LOOK_EVERY_MS = 3_000;
/** How long files of killed nodes are kept, in ms. */
const KEPT_MS = 24 * 60 * 60 * 1_000;

/** The nodes do not share one directory; the message says what to do. */
class SharedDirectoryError extends Error {
  override readonly name = "SharedDirectoryError";
}

export interface SharedDirectoryOptions {
  store: SharedDirectoryStore;
  directory: string;
  /** Of this node, for people. */
  name: string;
  logger: Pick<Logger, "error" | "info" | "warn">;
}

/**
 * The directory for workspaces and blobs shared by all nodes of a store. Its id is stored, so that no other directory
 * is used by mistake; and each node keeps a file in it that the others must see, which rules out copies.
 */
export class SharedDirectory {
  readonly #options: SharedDirectoryOptions;
  readonly #file = randomUUID();
  #id = "";
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #problem: Error | undefined;

  private constructor(options: SharedDirectoryOptions) {
    this.#options = options;
  }

  /** @throws SharedDirectoryError if it is not the other nodes' directory, and StoreUnavailableError */
  static async open(options: SharedDirectoryOptions): Promise<SharedDirectory> {
    const { directory, store } = options;
    const shared = new SharedDirectory(options);
    const known = await readId(idFile(directory));
    shared.#id = known ?? (await makeId(idFile(directory)));
    const stored = await store.claim(shared.#id);
    if (stored !== shared.#id) {
      if (known === undefined) await rm(idFile(directory));
      throw foreign(directory, known, stored);
    }
    await mkdir(join(directory, NODES), { recursive: true, mode: 0o700 });
    try {
      await shared.#removeFilesOfTheDead(await shared.#look());
    } catch (error) {
      await shared.stop();
      throw error;
    }
    shared.#timer = setInterval(() => void shared.#lookAgain(), LOOK_EVERY_MS).unref();
    return shared;
  }

  /** @throws the latest look's error: this node must not be sent requests. */
  check(): void {
    if (this.#problem !== undefined) throw this.#problem;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    const { store, logger } = this.#options;
    try {
      await store.leave(this.#file);
      await rm(this.#path, { force: true });
    } catch (error) {
      // The file stays as long as others may check it.
      logger.warn({ err: error }, "this node could not take leave of the shared directory");
    }
  }

  get #path(): string {
    return join(this.#options.directory, NODES, this.#file);
  }

  /** @returns the files of the nodes that live. */
  async #look(): Promise<ReadonlySet<string>> {
    const { store, directory, name } = this.#options;
    const id = await readId(idFile(directory));
    if (id !== this.#id) throw foreign(directory, id, this.#id);
    // Also restores a lost file: otherwise the others would take this directory for another one.
    await stat(this.#path).catch(async () => writeFile(this.#path, name, { mode: 0o600 }));
    let others = await store.meet({ file: this.#file, name });
    let unseen = await this.#unseen(others);
    if (unseen.length > 0) {
      // A leaving node removes its row, then its file, possibly between these two checks.
      others = await store.meet({ file: this.#file, name });
      unseen = await this.#unseen(others);
    }
    const [missing] = unseen;
    if (missing !== undefined) {
      throw new SharedDirectoryError(
        `${directory} is a copy of the directory that node '${missing.name}' uses, or has lost files of it. All nodes must have ` +
          "the same one, such as an NFS mount or a shared volume: set TRUNKLINE_SHARED_DIR to it on each",
      );
    }
    return new Set([this.#file, ...others.map(({ file }) => file)]);
  }

  /** @returns those whose file is not here. */
  async #unseen<Node extends { file: string }>(nodes: readonly Node[]): Promise<Node[]> {
    const unseen: Node[] = [];
    for (const node of nodes) {
      const seen = await stat(join(this.#options.directory, NODES, node.file)).catch(() => undefined);
      if (seen === undefined) unseen.push(node);
    }
    return unseen;
  }

  /** One that was only stopped for a while writes its file again. */
  async #removeFilesOfTheDead(live: ReadonlySet<string>): Promise<void> {
    const directory = join(this.#options.directory, NODES);
    for (const file of await readdir(directory)) {
      // Gone already where its node takes leave at this moment.
      const found = live.has(file) ? undefined : await stat(join(directory, file)).catch(() => undefined);
      if (found !== undefined && Date.now() - found.mtimeMs > KEPT_MS) {
        await rm(join(directory, file), { force: true });
      }
    }
  }

  async #lookAgain(): Promise<void> {
    if (this.#looking !== undefined) return;
    const { logger } = this.#options;
    this.#looking = this.#look().then(
      () => {
        if (this.#problem !== undefined) logger.info("the shared directory can be used again");
        this.#problem = undefined;
      },
      (error: unknown) => {
        if (this.#problem === undefined) logger.error({ err: error }, "the shared directory cannot be used");
        this.#problem = error instanceof Error ? error : new Error(String(error));
      },
    );
    await this.#looking;
    this.#looking = undefined;
  }
}

function idFile(directory: string): string {
  return join(directory, SHARED_DIRECTORY_FILE);
}

/**
 * Before anything in the directory is taken for nobody's.
 * @param store null: the store is an embedded one, which shares its directory with nobody
 * @throws SharedDirectoryError if the directory is another store's
 */
export async function requireOwnDirectory(
  directory: string,
  store: Pick<SharedDirectoryStore, "claim"> | null,
): Promise<void> {
  const file = idFile(directory);
  const id = await readId(file);
  if (store === null && id !== undefined) {
    throw new SharedDirectoryError(
      `The files in ${directory} belong to a PostgreSQL database: set TRUNKLINE_DATABASE_URL. If they were moved back to ` +
        `SQLite since, remove ${file}`,
    );
  }
  if (store === null) return;
  if (id === undefined) {
    throw new SharedDirectoryError(
      `${directory} has no ${SHARED_DIRECTORY_FILE}: set TRUNKLINE_SHARED_DIR as the nodes have it`,
    );
  }
  const stored = await store.claim(id);
  if (stored !== id) throw foreign(directory, id, stored);
}

function foreign(directory: string, id: string | undefined, stored: string): SharedDirectoryError {
  const what = id === undefined ? "is not" : "belongs to another database and is not";
  return new SharedDirectoryError(
    `${directory} ${what} the directory that this database's workspaces and attachments are in. Mount that one, and set ` +
      `TRUNKLINE_SHARED_DIR to it on every node. If it is lost for good, go on without its files: ` +
      `echo ${stored} > '${idFile(directory)}'`,
  );
}
