import { readFileSync } from "node:fs";

/**
 * Whether a process is running. A zombie is not: with a slow init, an orphan stays one for seconds, and `kill(pid, 0)`
 * would still find it.
 */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's process exists, too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return process.platform !== "linux" || processState(pid) !== "Z";
}

/** State letter of proc(5), which follows the name in parentheses; Z if it is gone meanwhile. */
function processState(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "Z";
  } catch {
    return "Z";
  }
}
