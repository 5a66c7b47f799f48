import { readFile } from "node:fs/promises";
import { listProcesses } from "../process/process-table.ts";

/**
 * The processes whose parent is this one, which has one thread. The kernel keeps a list of them in most builds
 * (CONFIG_PROC_CHILDREN); elsewhere it takes a look at the whole process table.
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
