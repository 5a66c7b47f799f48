import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { RunShell } from "../tools/port.ts";
import { RESTORE_SCRIPT, SAVE_SCRIPT } from "./cache-scripts.ts";

export interface SetupCacheDeps {
  shell: RunShell;
  removeDirectory: (path: string) => Promise<void>;
  now: () => number;
  /** Of a project's kept setups together. */
  maxBytes?: number;
}

const GIB = 1024 ** 3;
const DEFAULT_MAX_BYTES = 10 * GIB;

/** Kept setups of a project. */
const MAX_KEPT = 20;

/** Packing and unpacking on a busy disk. */
const LIMIT_MS = 600_000;

/** What a save that was killed has left is removed after this time. */
const ABANDONED_MS = 3_600_000;

const DRAFT = /^\./;

/**
 * What setups of a project have made, each as one archive that nobody writes to any more: it is written out of sight and
 * put in its place as a whole, commands never see it, and a workspace gets a copy of its own.
 */
export class SetupCache {
  readonly #deps: SetupCacheDeps;

  constructor(deps: SetupCacheDeps) {
    this.#deps = deps;
  }

  /**
   * Fills a workspace with what was kept.
   * @param options.keepsFiles files that are there stay as they are.
   * @returns `unusable` if it can't be unpacked: it is gone then, and a part of it may be in the workspace. `none` if nothing
   * was kept under the key.
   */
  async restore(
    directory: string,
    key: string,
    { workspace, keepsFiles, signal }: { workspace: string; keepsFiles: boolean; signal: AbortSignal },
  ): Promise<"restored" | "unusable" | "none"> {
    const kept = join(directory, key);
    if (!(await stat(kept).catch(() => null))?.isDirectory()) return "none";
    const used = new Date(this.#deps.now());
    await utimes(kept, used, used).catch(() => undefined);
    const { succeeded } = await this.#deps.shell({
      script: RESTORE_SCRIPT,
      args: [kept, ...(keepsFiles ? ["--skip-old-files"] : [])],
      directory: workspace,
      readOnly: [kept],
      network: "off",
      timeoutMs: LIMIT_MS,
      signal,
    });
    signal.throwIfAborted();
    if (succeeded) return "restored";
    // A loss of power may have cut it off. Left there, it would stand in the way of the one that is made now.
    await this.#deps.removeDirectory(kept);
    return "unusable";
  }

  /** Keeps what a setup has made in a workspace. @returns why it was not kept; null if it was. */
  async save(
    directory: string,
    key: string,
    { workspace, readOnly, signal }: { workspace: string; readOnly: readonly string[]; signal: AbortSignal },
  ): Promise<string | null> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const draft = join(directory, `.${randomUUID()}`);
    await mkdir(draft, { mode: 0o700 });
    try {
      const { succeeded, exitCode, problem } = await this.#deps.shell({
        script: SAVE_SCRIPT,
        args: [draft],
        directory: workspace,
        readOnly,
        writable: [draft],
        network: "off",
        timeoutMs: LIMIT_MS,
        signal,
      });
      signal.throwIfAborted();
      if (exitCode === 3) return "it changed tracked files";
      if (!succeeded) return problem ?? "it could not be packed";
      await rename(draft, join(directory, key)).catch((error: unknown) => {
        // Another session was faster, with the same.
        if (!isTaken(error)) throw error;
      });
    } finally {
      await this.#deps.removeDirectory(draft);
    }
    await this.#trim(directory);
    return null;
  }

  /** Removes what was used longest ago, until the rest fits. */
  async #trim(directory: string): Promise<void> {
    const { now, maxBytes = DEFAULT_MAX_BYTES, removeDirectory } = this.#deps;
    const kept: { path: string; usedAt: number; bytes: number }[] = [];
    for (const name of await readdir(directory)) {
      const path = join(directory, name);
      const [folder, archive] = await Promise.all(
        [path, join(path, "files.tar")].map(async (at) => stat(at).catch(() => null)),
      );
      if (folder === null || folder === undefined) continue;
      if (!DRAFT.test(name)) kept.push({ path, usedAt: folder.mtimeMs, bytes: archive?.size ?? 0 });
      else if (now() - folder.mtimeMs > ABANDONED_MS) await removeDirectory(path);
    }
    let bytes = 0;
    for (const [index, one] of kept.toSorted((a, b) => b.usedAt - a.usedAt).entries()) {
      bytes += one.bytes;
      if (index >= MAX_KEPT || bytes > maxBytes) await removeDirectory(one.path);
    }
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOTEMPTY" || error.code === "EEXIST");
}
