import { readdirSync, readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";

/** A line of the process table, as proc(5) has it in `/proc/<pid>/stat`. */
export interface ProcessEntry {
  pid: number;
  parentPid: number;
  groupId: number;
  sessionId: number;
  /** Clock ticks since the boot. */
  startTime: number;
  /** Ended, and waiting for its parent to look at its exit code: it does nothing more. */
  isZombie: boolean;
}

/** Variable that marks a command's process and everything that inherits its environment. */
export const MARKER_VARIABLE = "TRUNKLINE_RUN";

/** Processes that are read before other work gets a turn. */
const SLICE = 64;

/** Looks for new processes before the table counts as read, on a machine where new ones never stop to come. */
const MAX_ROUNDS = 10;

/** @returns null where the process is gone, or there is no `/proc`. */
export function readProcess(pid: number): ProcessEntry | null {
  const stat = readProcFile(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The second field is the command's name in parentheses, and may itself hold spaces and parentheses.
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
 * Every process of the machine that can be seen. What began while the table was read is in it, too: otherwise one that
 * forks at the right moment and ends would hide its child.
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

/** The marker that a process carries, or null: it has none, it is gone, or it belongs to another user. */
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

/** Names this boot of the machine; start times of another boot mean nothing in this one. */
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

/** These files are made up by the kernel as they are read: reading them waits for no disk. */
function readProcFile(path: string): string | null {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Gone meanwhile, or not ours to look at. */
function isMissing(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ESRCH" || code === "EACCES" || code === "EPERM";
}
