import { readFile } from "node:fs/promises";
import { listProcesses } from "../process/process-table.ts";

/**
 * Children of a single-threaded process. Most kernels keep a list (CONFIG_PROC_CHILDREN); otherwise the process table
 * is scanned.
 */
export async function childProcessIds(pid: number): Promise<number[]> {
  try {
    const ids = await readFile(`/proc/${pid}/task/${pid}/children`, "latin1");
    return ids.split(" ").flatMap((id) => (id === "" ? [] : Number(id)));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return (await listProcesses()).filter(({ parentPid }) => parentPid === pid).map((entry) => entry.pid);
  }
}
