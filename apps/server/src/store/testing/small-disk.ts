import { execFile } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { promisify } from "node:util";
import { TemporaryDirectory } from "./temporary-directory.ts";

const run = promisify(execFile);

/** A tmpfs of a few megabytes, mounted for one test. */
export class SmallDisk implements AsyncDisposable {
  readonly path: string;
  readonly #parent: TemporaryDirectory;
  readonly #filler: string;

  private constructor(parent: TemporaryDirectory, path: string) {
    this.#parent = parent;
    this.path = path;
    this.#filler = `${path}/filler`;
  }

  /** @returns undefined if this process may not mount one. */
  static async mount(megabytes: number): Promise<SmallDisk | undefined> {
    const parent = await TemporaryDirectory.create();
    const path = parent.join("disk");
    await mkdir(path);
    try {
      await run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", path]);
      return new SmallDisk(parent, path);
    } catch {
      await parent[Symbol.asyncDispose]();
      return undefined;
    }
  }

  /** Fills it completely. */
  fill(): void {
    for (const size of [65_536, 4_096, 1]) {
      const file = openSync(this.#filler, "a");
      try {
        while (writeSync(file, new Uint8Array(size)) === size);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      } finally {
        closeSync(file);
      }
    }
  }

  makeRoom(): void {
    rmSync(this.#filler);
  }

  async setReadOnly(): Promise<void> {
    await run("mount", ["-o", "remount,ro", this.path]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("umount", ["--lazy", this.path]);
    await this.#parent[Symbol.asyncDispose]();
  }
}

export const NO_SMALL_DISK = "needs root, to mount a file system of its own";
