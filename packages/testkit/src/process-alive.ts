import { readFileSync } from "node:fs";

/**
 * Whether a process still runs. One that has ended but was not collected by its parent yet (a zombie) does not: where
 * init is slow, an orphan stays one for seconds, and `kill(pid, 0)` would still find it.
 */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is there, too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return process.platform !== "linux" || processState(pid) !== "Z";
}

/** The state letter of proc(5), which follows the name in parentheses; Z where it went away meanwhile. */
function processState(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "Z";
  } catch {
    return "Z";
  }
}
