import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkpointsDirectory } from "../../checkpoints/port.ts";
import { SHARED_PLACES } from "../../data-dir/shared-places.ts";
import type { Store } from "../../store/port.ts";
import { directoriesOf } from "../session-view.ts";

export interface SessionSizesDeps {
  store: Pick<Store, "retention" | "sessions">;
  dataDir: string;
  /** What directories take on the disk. */
  usedBytes: (directories: readonly string[], signal: AbortSignal) => Promise<number>;
}

/** How long a measurement holds, in ms; shorter than the time between two looks. */
const FRESH_MS = 300_000;
/** Share of the time that is spent on measuring, at most: millions of files take long. */
const MEASURING_SHARE = 0.05;

/** What sessions take: logs, attachments, workspaces, checkpoints, published branches. Only what goes with a session counts. */
export class SessionSizes {
  readonly #deps: SessionSizesDeps;
  readonly #stopped = new AbortController();
  #measured: { bytes: number; until: number } | undefined;
  #measuring: Promise<number> | undefined;

  constructor(deps: SessionSizesDeps) {
    this.#deps = deps;
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Of all sessions together; a while ago, less what was removed since. */
  async total(): Promise<number> {
    if (this.#measured !== undefined && performance.now() < this.#measured.until) return this.#measured.bytes;
    this.#measuring ??= this.#measure().finally(() => {
      this.#measuring = undefined;
    });
    return this.#measuring;
  }

  /** Of one, with its subagents', rather too much than too little. */
  async of(sessionId: string): Promise<number> {
    const { store, dataDir } = this.#deps;
    const ids = [sessionId, ...(await store.sessions.descendantsOf(sessionId))];
    const directories = ids.flatMap((id) => [
      ...directoriesOf(dataDir, id),
      checkpointsDirectory(dataDir, id),
    ]);
    return (await this.#onDisk(directories)) + (await store.retention.storedBytesOf(sessionId));
  }

  removed(bytes: number): void {
    if (this.#measured !== undefined) this.#measured.bytes = Math.max(0, this.#measured.bytes - bytes);
  }

  async #measure(): Promise<number> {
    const { store, dataDir } = this.#deps;
    const begun = performance.now();
    const roots = SHARED_PLACES.filter(({ of }) => of === "session").map(({ name }) => join(dataDir, name));
    const bytes = (await this.#onDisk(roots)) + (await store.retention.storedBytes());
    const now = performance.now();
    this.#measured = { bytes, until: now + Math.max(FRESH_MS, (now - begun) / MEASURING_SHARE) };
    return bytes;
  }

  async #onDisk(directories: readonly string[]): Promise<number> {
    const present = directories.filter((directory) => existsSync(directory));
    return present.length === 0 ? 0 : this.#deps.usedBytes(present, this.#stopped.signal);
  }
}
