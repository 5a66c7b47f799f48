import { readdirSync, readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";

/** An entry of the process table, from `/proc/<pid>/stat` (proc(5)). */
export interface ProcessEntry {
  pid: number;
  parentPid: number;
  groupId: number;
  sessionId: number;
  /** Clock ticks since boot. */
  startTime: number;
  /** A zombie. */
  isZombie: boolean;
}

/** Variable that marks a command's process and everything that inherits its environment. */
export const MARKER_VARIABLE = "TRUNKLINE_RUN";

/** Processes to read before yielding. */
const SLICE = 64;

/** Maximum passes over new processes, on a machine that never stops starting them. */
const MAX_ROUNDS = 10;

/** @returns null if the process is gone, or there is no `/proc`. */
export function readProcess(pid: number): ProcessEntry | null {
  const stat = readProcFile(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The second field is the command's name in parentheses, which may contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    pid,
    parentPid: Number(fields[1]),
    groupId: Number(fields[2]),
    sessionId: Number(fields[3]),
    startTime: Number(fields[19]),
    isZombie: fields[0] === "Z" || fields[0] === "X",
  };
}

export function hasProcessTable(): boolean {
  return readProcess(process.pid) !== null;
}

/**
 * All visible processes. Includes those started while the table was read: otherwise one that forks at the right moment
 * and exits would hide its child.
 */
export async function listProcesses(): Promise<ProcessEntry[]> {
  const entries: ProcessEntry[] = [];
  const seen = new Set<number>();
  let pids = listPids();
  for (let round = 0; pids.length > 0 && round < MAX_ROUNDS; round++) {
    for (const pid of pids) {
      seen.add(pid);
      if (seen.size % SLICE === 0) await setImmediate();
      const entry = readProcess(pid);
      if (entry !== null) entries.push(entry);
    }
    pids = listPids().filter((pid) => !seen.has(pid));
  }
  return entries;
}

/** The process's marker; null if it has none, is gone, or belongs to another user. */
export function readMarker(pid: number): string | null {
  const environment = readProcFile(`/proc/${pid}/environ`);
  if (environment === null) return null;
  const prefix = `${MARKER_VARIABLE}=`;
  return (
    environment
      .split("\0")
      .find((variable) => variable.startsWith(prefix))
      ?.slice(prefix.length) ?? null
  );
}

/** Identifies this boot; start times of another boot are meaningless. */
export function readBootId(): string {
  return readProcFile("/proc/sys/kernel/random/boot_id")?.trim() ?? "unknown";
}

function listPids(): number[] {
  try {
    return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? Number(name) : []));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** The kernel generates these files: reading them never waits for a disk. */
function readProcFile(path: string): string | null {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Gone meanwhile, or not accessible. */
function isMissing(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ESRCH" || code === "EACCES" || code === "EPERM";
}
