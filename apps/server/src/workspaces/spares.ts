import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Logger } from "pino";
import { sparePath } from "../store/port.ts";
import { type CloneDeps, fill } from "./clone.ts";
import type { Base } from "./port.ts";

export interface SparesDeps extends CloneDeps {
  sharedDir: string;
  /** Whether no other node uses the shared directory. */
  isAlone: boolean;
  /** Whether the disk has space for what nobody needs yet. */
  hasRoom: () => Promise<boolean>;
  logger: Logger;
  /** Default: `MANY_FILES`. */
  minFiles?: number;
}

/** From so many tracked files on, a new clone takes a second or more, and a spare pays. */
const MANY_FILES = 10_000;

/** Those under way, beside it. */
const DRAFT = ".spare-";

/** Trash is removed by removing once more what it was. */
const LEFT = /^(?:\.removing-)?(?<name>\.spare-.+)$|^\.removing-(?<name>spare)$/;

/** Far longer than making one may take: what is older belongs to a process that is gone, in ms. */
const LEFT_AFTER_MS = 86_400_000;

/** What nobody has started a session with for so long is disk space, in ms. */
const UNUSED_AFTER_MS = 7 * 86_400_000;

/** Whoever takes it says so anew. */
const NOBODY = { name: "trunkline", email: "trunkline@users.trunkline.invalid" };

/**
 * A clone per project of many files that is made before a session needs it: its start is then a rename, and git writes only what
 * has changed since. Made by the clone's own script, out of sight, and put in its place whole; nothing runs in it before it is
 * some session's.
 */
export class Spares {
  readonly #deps: SparesDeps;
  readonly #making = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(deps: SparesDeps) {
    this.#deps = deps;
  }

  /** Moves the project's spare to a path of the same disk. @returns whether there was one */
  async take(projectId: string, path: string): Promise<boolean> {
    try {
      await rename(this.#place(projectId), path);
      return true;
    } catch (error) {
      if (!isNodeError(error)) throw error;
      if (error.code !== "ENOENT")
        this.#deps.logger.warn({ err: error, projectId }, "a spare cannot be used");
      return false;
    }
  }

  /** Makes one in the background where that pays. @param files tracked ones of the base */
  refill(projectId: string, base: Base, files: number): void {
    if (files < (this.#deps.minFiles ?? MANY_FILES) || this.#stopping.signal.aborted) return;
    if (this.#making.has(projectId)) return;
    const making = this.#make(projectId, base)
      .catch((error: unknown) => {
        if (this.#stopping.signal.aborted) return;
        this.#deps.logger.warn(
          { err: error, projectId },
          "a spare could not be made; sessions start without",
        );
      })
      .finally(() => this.#making.delete(projectId));
    this.#making.set(projectId, making);
  }

  /** Removes those that no session has needed for a week. */
  async sweep(): Promise<void> {
    const { sharedDir, removeDirectory, logger } = this.#deps;
    for (const projectId of await readdir(join(sharedDir, "projects")).catch(() => [])) {
      const place = this.#place(projectId);
      try {
        if ((await ageMs(place)) > UNUSED_AFTER_MS) await removeDirectory(place);
      } catch (error) {
        logger.warn({ err: error, projectId }, "an unused spare could not be removed");
      }
    }
  }

  /** Waits for those that are under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#making.values());
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error("The server is stopping"));
    await this.settled();
  }

  async #make(projectId: string, base: Base): Promise<void> {
    const { git, removeDirectory, hasRoom } = this.#deps;
    const place = this.#place(projectId);
    await this.#removeLeft(dirname(place));
    if ((await ageMs(place)) >= 0 || !(await hasRoom())) return;
    const draft = join(dirname(place), `${DRAFT}${randomUUID()}`);
    try {
      await mkdir(draft, { mode: 0o700 });
      await fill(git, draft, { base, branch: "", author: NOBODY }, this.#stopping.signal);
      await rename(draft, place);
    } catch (error) {
      await removeDirectory(draft);
      // Another node was faster.
      if ((await ageMs(place)) < 0) throw error;
    }
  }

  /** What makings and removals that were killed have left. */
  async #removeLeft(directory: string): Promise<void> {
    const { isAlone, removeDirectory } = this.#deps;
    for (const name of await readdir(directory)) {
      const left = LEFT.exec(name)?.groups?.["name"];
      if (left === undefined) continue;
      if (isAlone || (await ageMs(join(directory, name))) > LEFT_AFTER_MS) {
        await removeDirectory(join(directory, left));
      }
    }
  }

  #place(projectId: string): string {
    return join(this.#deps.sharedDir, sparePath(projectId));
  }
}

/** Since its own entry changed; below zero: it is not there. */
async function ageMs(path: string): Promise<number> {
  const found = await stat(path).catch((error: unknown) => {
    if (isNodeError(error) && error.code === "ENOENT") return undefined;
    throw error;
  });
  return found === undefined ? -1 : Math.max(0, Date.now() - found.ctimeMs);
}

function isNodeError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}
