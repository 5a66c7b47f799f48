import { readFile } from "node:fs/promises";
import { listProcesses, type ProcessEntry, readProcess } from "../../process/process-table.ts";

/** A process and all descendants that still have a parent in the family. */
export async function familyOf(pid: number): Promise<ProcessEntry[]> {
  const all = await listProcesses();
  const family = all.filter((entry) => entry.pid === pid);
  for (let before = 0; before !== family.length;) {
    before = family.length;
    family.push(
      ...all.filter(
        (entry) => !family.includes(entry) && family.some((member) => member.pid === entry.parentPid),
      ),
    );
  }
  return family;
}

export function isRunning({ pid, startTime }: Pick<ProcessEntry, "pid" | "startTime">): boolean {
  const now = readProcess(pid);
  return now !== null && now.startTime === startTime && !now.isZombie;
}

/** Processes with this text, such as a path, among their arguments. */
export async function processesNaming(text: string): Promise<ProcessEntry[]> {
  const all = await listProcesses();
  const named = await Promise.all(
    all.map(({ pid }) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return all.filter((_, index) => named[index]?.includes(text) === true);
}
