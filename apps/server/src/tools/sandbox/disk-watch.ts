import { realpath } from "node:fs/promises";
import { describeBytes } from "../../common/describe-bytes.ts";
import { freeBytes, freeFiles, usedBytes } from "./disk-usage.ts";
import type { SandboxLimits } from "./limits.ts";
import { removeGrowth } from "./remove-growth.ts";
import { isWithinAny } from "./toolchains.ts";

/** Interval of checks, in ms. What is written meanwhile must fit into the reserve. */
const INTERVAL_MS = 100;

/** Interval once less than this is left: bytes, ms. */
const NEAR_THE_END = { bytes: 8 * 1_073_741_824, intervalMs: 20 };

/** Recount a workspace after the disk has lost this share of the workspace's limit. */
const COUNT_STEP = 1 / 16;

/** Or this share of what its owner has left, who may have several at work. */
const LEFT_STEP = 1 / 8;

/** What a command may still use if it starts with too little left, so that it can clean up: bytes. */
const ROOM_TO_TIDY = 16 * 1_048_576;

/** Share of the disk's inodes reserved for others. */
const FREE_FILES = 1 / 50;

/** Workspaces whose last count is remembered. */
const MAX_REMEMBERED = 1_000;

interface Count {
  usedBytes: number;
  /** Maximum free space on the disk since then. */
  freeBytes: number;
  /** What its owner had left then; null: there is no limit. */
  leftBytes: number | null;
}

/**
 * Told what a directory takes.
 * @returns what one user's directories may take, and what of it is left to its owner, negative where they exceed it; null: there is no limit
 */
export type NoteUse = (
  directory: string,
  usedBytes: number,
) => Promise<{ limitBytes: number; leftBytes: number } | null>;

interface Excess {
  message: string;
  /** Bytes to remove to get back under the limit. */
  missing(): Promise<number>;
}

export interface Watch {
  /**
   * Ends the watch with a final check, once nothing can be written any more: within the limits, everything is left
   * alone.
   */
  finish(): Promise<string | null>;
}

/**
 * Enforces disk limits, because the kernel has none for many files together: a workspace must not outgrow its quota,
 * and the disk must not fill up. An offending command is ended, and enough of what it wrote is removed. Counting walks
 * all files, so it only happens after the disk has become fuller. `fallocate`, which fills a disk instantly, is denied
 * (`denied-calls.ts`).
 *
 * Only in the server's own directories is everything that changed meanwhile the command's. Elsewhere (sessions that work in
 * place, repositories that work is published to) people change their files at the same time, and have no other copy of what
 * the command changed: nothing is removed there.
 */
export class DiskWatch {
  readonly #limits: SandboxLimits;
  readonly #own: readonly string[];
  readonly #bwrap: string;
  readonly #noteUse: NoteUse;
  readonly #counts = new Map<string, Count>();

  /**
   * @param bwrap Absolute path of bwrap, for counting directories closed to the server's user.
   * @param own The server's own directories, without links.
   * @param noteUse Knows what an owner's directories take together; absent: there is one limit per directory only.
   */
  constructor(
    limits: SandboxLimits,
    bwrap: string,
    own: readonly string[],
    noteUse: NoteUse = async () => null,
  ) {
    this.#limits = limits;
    this.#own = own;
    this.#bwrap = bwrap;
    this.#noteUse = noteUse;
  }

  /**
   * @param onLimit Called at most once, with what happened.
   * @throws Error if the directory is gone.
   */
  async begin(directory: string, onLimit: (message: string) => void): Promise<Watch> {
    const { freeDiskBytes } = this.#limits;
    const sinceMs = Date.now();
    const free = await freeBytes(directory);
    const floor = free > freeDiskBytes ? freeDiskBytes : Math.max(0, free - ROOM_TO_TIDY);
    let excess: Excess | null = null;
    let timer: NodeJS.Timeout | undefined;
    let isOver = false;
    let looking = Promise.resolve();
    const look = async (): Promise<void> => {
      const { found, nextMs } = await this.#look(directory, floor, { mayCount: true });
      if (isOver) return;
      excess = found;
      if (excess === null) schedule(nextMs);
      else onLimit(excess.message);
    };
    const schedule = (ms: number): void => {
      timer = setTimeout(() => {
        looking = look();
      }, ms).unref();
    };
    schedule(INTERVAL_MS);
    return {
      finish: async () => {
        if (isOver) return null;
        isOver = true;
        clearTimeout(timer);
        await looking;
        // A short one has not been counted yet.
        const hasLost = async (): Promise<boolean> => free - (await freeBytes(directory)) >= ROOM_TO_TIDY;
        const mayCount = this.#counts.has(directory) || (await hasLost().catch(() => false));
        excess ??= (await this.#look(directory, floor, { mayCount })).found;
        return excess === null ? null : this.#revert(directory, sinceMs, excess);
      },
    };
  }

  /** @returns what happened, including what was removed. */
  async #revert(directory: string, sinceMs: number, { message, missing }: Excess): Promise<string> {
    try {
      const bytes = await missing();
      if (bytes <= 0) return message;
      if (!isWithinAny(await realpath(directory), this.#own)) {
        return `${message}; nothing was removed, as ${directory} is not the server's: make room there`;
      }
      const removed = await removeGrowth(directory, { sinceMs, bytes });
      this.#counts.delete(directory);
      if (removed.files === 0) return message;
      await this.#noteUse(directory, await usedBytes(directory, this.#bwrap));
      const names = removed.names.map((name) => JSON.stringify(name)).join(", ");
      const more = removed.files > removed.names.length ? ", …" : "";
      return `${message}; removed ${describeBytes(removed.bytes)} that the command wrote, in ${removed.files} ${removed.files === 1 ? "file" : "files"}: ${names}${more}`;
    } catch (error) {
      if (error instanceof Error)
        return `${message}; what the command wrote could not be removed (${error.message})`;
      throw error;
    }
  }

  async #look(
    directory: string,
    floor: number,
    { mayCount }: { mayCount: boolean },
  ): Promise<{ found: Excess | null; nextMs: number }> {
    try {
      const free = await freeBytes(directory);
      const nextMs = free - floor < NEAR_THE_END.bytes ? NEAR_THE_END.intervalMs : INTERVAL_MS;
      return { found: await this.#findExcess(directory, { free, floor, mayCount }), nextMs };
    } catch (error) {
      // A command may remove its own workspace during the count.
      if (error instanceof Error) return { found: null, nextMs: INTERVAL_MS };
      throw error;
    }
  }

  async #findExcess(
    directory: string,
    { free, floor, mayCount }: { free: number; floor: number; mayCount: boolean },
  ): Promise<Excess | null> {
    const { freeDiskBytes, workspaceBytes } = this.#limits;
    if (free < floor) {
      return {
        message: `the disk has less than ${describeBytes(freeDiskBytes)} left`,
        missing: async () => floor - (await freeBytes(directory)),
      };
    }
    const { free: files, total } = await freeFiles(directory);
    if (total > 0 && files < total * FREE_FILES) {
      return { message: "the disk has room for few more files", missing: async () => 0 };
    }
    const last = this.#counts.get(directory);
    if (last !== undefined && last.freeBytes - free < this.#stepAfter(last)) {
      // Space freed by others must not hide what comes next.
      last.freeBytes = Math.max(last.freeBytes, free);
      return null;
    }
    if (!mayCount) return null;
    const used = await usedBytes(directory, this.#bwrap);
    const share = await this.#noteUse(directory, used);
    this.#remember(directory, { usedBytes: used, freeBytes: free, leftBytes: share?.leftBytes ?? null });
    // A command that starts over the limit may be about to clean up.
    const hasGrown = last !== undefined && used > last.usedBytes;
    if (!hasGrown) return null;
    if (used > workspaceBytes) {
      return {
        message: `the workspace exceeds ${describeBytes(workspaceBytes)}`,
        missing: async () =>
          (await usedBytes(directory, this.#bwrap)) - Math.max(workspaceBytes, last.usedBytes),
      };
    }
    if (share === null || share.leftBytes >= 0) return null;
    return {
      message: `your sessions and projects exceed ${describeBytes(share.limitBytes)}, which is what one user may take of the disk`,
      missing: async () => {
        const now = await usedBytes(directory, this.#bwrap);
        const left = (await this.#noteUse(directory, now))?.leftBytes ?? 0;
        return Math.min(-left, now - last.usedBytes);
      },
    };
  }

  #stepAfter(last: Count): number {
    const { workspaceBytes } = this.#limits;
    if (last.usedBytes > workspaceBytes) return ROOM_TO_TIDY;
    const left = Math.max(ROOM_TO_TIDY, (last.leftBytes ?? Infinity) * LEFT_STEP);
    return Math.min(workspaceBytes * COUNT_STEP, left);
  }

  #remember(directory: string, count: Count): void {
    this.#counts.delete(directory);
    this.#counts.set(directory, count);
    for (const oldest of this.#counts.keys()) {
      if (this.#counts.size <= MAX_REMEMBERED) break;
      this.#counts.delete(oldest);
    }
  }
}
