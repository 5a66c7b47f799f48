import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";

/** Linux ticks per second, on every machine (`man 5 proc`, field `starttime`). */
const TICKS_PER_SECOND = 100;

export interface LocalProcess {
  uid: number;
  /** Ms since the epoch, accurate to about a second. */
  startedAtMs: number;
}

/** @returns whether there is such a process, of any user */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !isZombie(pid);
  } catch (error) {
    // It exists, but belongs to another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** A zombie: it has ended, but its parent has not reaped it; a container's first process may never do so. */
function isZombie(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== null && stat.startsWith("Z ");
}

/** @returns the process's owner and start time; null if the system does not tell. */
export function readProcess(pid: number): LocalProcess | null {
  return process.platform === "linux" ? readProc(pid) : askPs(pid);
}

function readProc(pid: number): LocalProcess | null {
  const stat = readStat(pid);
  const boot = /^btime (\d+)$/m.exec(readIfPresent("/proc/stat") ?? "")?.[1];
  if (stat === null || boot === undefined) return null;
  // Field 22, counted from the state, which is field 3.
  const ticks = Number(stat.split(" ")[19]);
  const { uid } = statSync(`/proc/${pid}`);
  return { uid, startedAtMs: (Number(boot) + ticks / TICKS_PER_SECOND) * 1_000 };
}

/** @returns the fields after the program's name, which may contain anything */
function readStat(pid: number): string | null {
  const stat = readIfPresent(`/proc/${pid}/stat`);
  return stat === null ? null : stat.slice(stat.lastIndexOf(")") + 2);
}

function askPs(pid: number): LocalProcess | null {
  try {
    const out = execFileSync("ps", ["-o", "uid=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [, uid, start] = /^\s*(\d+)\s+(.+?)\s*$/.exec(out) ?? [];
    const startedAtMs = Date.parse(start ?? "");
    return uid === undefined || Number.isNaN(startedAtMs) ? null : { uid: Number(uid), startedAtMs };
  } catch {
    // No such program or process.
    return null;
  }
}

function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not Linux, ended meanwhile, or hidden from this user.
    return null;
  }
}
