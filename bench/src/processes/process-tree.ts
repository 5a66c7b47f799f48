import { readdirSync, readFileSync } from "node:fs";

/** Linux reports CPU time in 1/100 s, whatever the kernel's own tick (`man 5 proc`, USER_HZ). */
const MS_PER_TICK = 10;

export interface ProcessUsage {
  /** User and system time of the processes, all their threads, and their ended children. */
  cpuMs: number;
  /** Sum of resident memory: shared pages count for each process. */
  rssBytes: number;
}

/** Usage of a process and its descendants so far. Linux only. @throws Error if the process is gone. */
export function readProcessTree(pid: number): ProcessUsage {
  const parents = readParents();
  const usage: ProcessUsage = { cpuMs: 0, rssBytes: 0 };
  const pending = [pid];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const own = readProcess(next);
    usage.cpuMs += own.cpuMs;
    usage.rssBytes += own.rssBytes;
    for (const [child, parent] of parents) if (parent === next) pending.push(child);
  }
  return usage;
}

function readProcess(pid: number): ProcessUsage {
  const fields = statFields(pid);
  // utime, stime, cutime, cstime: fields 14 to 17 of the line.
  const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const rssKiB = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  return { cpuMs: ticks * MS_PER_TICK, rssBytes: rssKiB * 1024 };
}

function readParents(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      parents.set(Number(name), Number(statFields(Number(name))[1]));
    } catch (error) {
      // It ended while the list was read.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "ESRCH") throw error;
    }
  }
  return parents;
}

/** The fields from the third (state) on: the second, the program's name, may contain spaces and parentheses. */
function statFields(pid: number): string[] {
  const line = readFileSync(`/proc/${pid}/stat`, "utf8");
  return line.slice(line.lastIndexOf(")") + 2).split(" ");
}
