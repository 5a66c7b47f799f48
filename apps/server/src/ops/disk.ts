import { access, constants, statfs } from "node:fs/promises";

/** With less, commits and workspaces are about to fail. */
const MIN_FREE_BYTES = 32 * 1_048_576;

export interface DiskSpace {
  freeBytes: number;
  totalBytes: number;
}

/** @returns what users other than root may still use; null if the file system does not say */
export async function diskSpace(directory: string): Promise<DiskSpace | null> {
  const { bavail, blocks, bsize } = await statfs(directory);
  return blocks === 0 ? null : { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** @throws Error if the disk of one of them is full, or read-only as it is after a fault */
export async function checkDisk(directories: readonly string[]): Promise<void> {
  for (const directory of directories) {
    await access(directory, constants.W_OK);
    const space = await diskSpace(directory);
    if (space !== null && space.freeBytes < MIN_FREE_BYTES) {
      throw new Error(`The disk of ${directory} is full: ${space.freeBytes} bytes are free`);
    }
  }
}
