import { readdir, readlink } from "node:fs/promises";

/** @returns pids of processes working below this directory: left behind by tools. */
export async function processesBelow(directory: string): Promise<number[]> {
  const pids: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const cwd = await readlink(`/proc/${name}/cwd`);
      if (cwd.startsWith(directory)) pids.push(Number(name));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Gone meanwhile, or a kernel thread.
      if (code !== "ENOENT" && code !== "ESRCH" && code !== "EACCES") throw error;
    }
  }
  return pids;
}
