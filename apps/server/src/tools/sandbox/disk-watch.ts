import { freeBytes, usedBytes } from "./disk-usage.ts";
import { describeBytes, type SandboxLimits } from "./limits.ts";

/** Between two looks at the disk, in ms. What is written meanwhile must fit into what is to stay free. */
const INTERVAL_MS = 100;

/** A workspace is counted again when the disk has lost this share of what the workspace may hold. */
const COUNT_STEP = 1 / 16;

/** What a command may still use that begins where there is too little left, so that it can make room: bytes. */
const ROOM_TO_TIDY = 16 * 1_048_576;

/** Workspaces whose last count is remembered. */
const MAX_REMEMBERED = 1_000;

interface Count {
  usedBytes: number;
  /** What the disk had free at most since then. */
  freeBytes: number;
}

/**
 * Watches what commands do to the disk, as no limit of the kernel does for many files together: that a workspace does
 * not outgrow its share, and that the disk does not fill up, whoever fills it. It stops a command that runs away; it is
 * no quota against somebody who comes back with small pieces. Counting takes a walk through all files, so it is done
 * only after the disk has become fuller.
 */
export class DiskWatch {
  readonly #limits: SandboxLimits;
  readonly #counts = new Map<string, Count>();

  constructor(limits: SandboxLimits) {
    this.#limits = limits;
  }

  /**
   * @param onLimit Called at most once, with what happened; nothing is watched any more after it.
   * @returns what ends the watch.
   * @throws Error where the directory is gone.
   */
  async begin(directory: string, onLimit: (message: string) => void): Promise<() => void> {
    const { freeDiskBytes } = this.#limits;
    const free = await freeBytes(directory);
    const floor = free > freeDiskBytes ? freeDiskBytes : Math.max(0, free - ROOM_TO_TIDY);
    let timer: NodeJS.Timeout | undefined;
    let ended = false;
    const look = async (): Promise<void> => {
      const message = await this.#findExcess(directory, floor);
      if (ended) return;
      if (message === null) timer = setTimeout(() => void look(), INTERVAL_MS).unref();
      else onLimit(message);
    };
    timer = setTimeout(() => void look(), INTERVAL_MS).unref();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }

  async #findExcess(directory: string, floor: number): Promise<string | null> {
    const { freeDiskBytes, workspaceBytes } = this.#limits;
    try {
      const free = await freeBytes(directory);
      if (free < floor) return `the disk has less than ${describeBytes(freeDiskBytes)} left`;
      const last = this.#counts.get(directory);
      if (last !== undefined && last.freeBytes - free < this.#stepAfter(last)) {
        // What others free must not hide what comes next.
        last.freeBytes = Math.max(last.freeBytes, free);
        return null;
      }
      const used = await usedBytes(directory);
      this.#remember(directory, { usedBytes: used, freeBytes: free });
      // One that begins where there is too much already may well be here to remove it.
      const hasGrown = last !== undefined && used > last.usedBytes;
      return hasGrown && used > workspaceBytes
        ? `the workspace holds more than ${describeBytes(workspaceBytes)}`
        : null;
    } catch (error) {
      // A command may remove its own workspace under the count.
      if (error instanceof Error) return null;
      throw error;
    }
  }

  #stepAfter(last: Count): number {
    const { workspaceBytes } = this.#limits;
    return last.usedBytes > workspaceBytes ? ROOM_TO_TIDY : workspaceBytes * COUNT_STEP;
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
