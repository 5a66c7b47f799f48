import { randomUUID } from "node:crypto";
import { copyFile, link, mkdir, readdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { mirrorPath } from "../store/port.ts";

export interface LentMirrorsDeps {
  sharedDir: string;
  removeDirectory: (path: string) => Promise<void>;
}

/** Of a bare repository, what git needs to find its objects. */
const FILES = ["HEAD", "config", "packed-refs", "shallow"];

/**
 * A mirror as it was when its project was last shared, beside it: sessions of those who may not use the project any more go on
 * borrowing from that, and see nothing of what is fetched later. Packs never change, so it shares them with the mirror.
 */
export class LentMirrors {
  readonly #deps: LentMirrorsDeps;

  constructor(deps: LentMirrorsDeps) {
    this.#deps = deps;
  }

  /** @returns its absolute path; made of the mirror as it is now, if nobody has noted it */
  async directoryOf(projectId: string): Promise<string> {
    const place = this.#place(projectId);
    // One that is there is whole.
    const isThere = await readdir(place).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return false;
        throw error;
      },
    );
    if (!isThere) await this.#put(projectId);
    return place;
  }

  /** Called once a project is no longer shared. */
  async note(projectId: string): Promise<void> {
    await this.#deps.removeDirectory(this.#place(projectId));
    await this.#put(projectId);
  }

  async #put(projectId: string): Promise<void> {
    const mirror = join(this.#deps.sharedDir, mirrorPath(projectId));
    const place = this.#place(projectId);
    const draft = join(dirname(place), `.lent-${randomUUID()}`);
    try {
      await copyMirror(mirror, draft);
      await rename(draft, place);
    } catch (error) {
      await this.#deps.removeDirectory(draft);
      const { code } = error as NodeJS.ErrnoException;
      // Another was faster. Or nothing was ever fetched, so nobody borrows.
      if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOENT") throw error;
    }
  }

  #place(projectId: string): string {
    return join(dirname(join(this.#deps.sharedDir, mirrorPath(projectId))), "lent.git");
  }
}

async function copyMirror(from: string, to: string): Promise<void> {
  const packs = join("objects", "pack");
  // By its index git finds a pack, which is there before it.
  const indexes = (await readdir(join(from, packs))).filter((name) => name.endsWith(".idx"));
  await mkdir(join(to, packs), { recursive: true, mode: 0o700 });
  await mkdir(join(to, "objects", "info"));
  await mkdir(join(to, "refs"));
  for (const name of FILES) await unlessMissing(copyFile(join(from, name), join(to, name)));
  for (const index of indexes) {
    const name = index.slice(0, -".idx".length);
    for (const file of [`${name}.pack`, `${name}.rev`, index]) {
      await unlessMissing(share(join(from, packs, file), join(to, packs, file)));
    }
  }
}

async function share(from: string, to: string): Promise<void> {
  await link(from, to).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw error;
    // Not on every disk.
    await copyFile(from, to);
  });
}

async function unlessMissing(work: Promise<void>): Promise<void> {
  await work.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}
