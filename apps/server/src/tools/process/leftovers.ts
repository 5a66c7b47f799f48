import type { ProcessRecord } from "../port.ts";
import { listProcesses, readBootId, readMarker, readProcess } from "./process-table.ts";
import { endProcessTree, type TreePatience } from "./process-tree.ts";

export interface Leftovers {
  /** As it was given to the spawner: everything that carries a marker of it is left over, recorded or not. */
  owner: string;
  /** What the ledger says was running when the server died. */
  records: readonly ProcessRecord[];
  patience?: TreePatience;
}

/** Nobody reads their output any more, so there is less to wait for. */
const DEFAULT_PATIENCE: TreePatience = { graceMs: 500, forceMs: 5_000 };

/**
 * Ends what an earlier server process left running. To be called before the first command starts, by the only server
 * of this owner. A pid alone is never trusted: it is ours if its start time and boot are, or its marker.
 * @returns pids that could not be ended.
 */
export async function reapLeftovers({
  owner,
  records,
  patience = DEFAULT_PATIENCE,
}: Leftovers): Promise<number[]> {
  const bootId = readBootId();
  const trees = new Map<string, ProcessRecord>();
  for (const record of records) if (record.bootId === bootId) trees.set(record.marker, record);
  for (const { pid, isZombie } of await listProcesses()) {
    const marker = isZombie ? null : readMarker(pid);
    if (marker === null || !marker.startsWith(`${owner}.`) || trees.has(marker)) continue;
    // Started too late to be recorded. The oldest of its tree comes first in the table, or is found by the marker.
    trees.set(marker, { pid, startTime: 0, bootId, marker });
  }
  const survivors = await Promise.all(
    Array.from(trees.values(), (record) =>
      endProcessTree({ ...record, ownsGroup: isSameProcess(record) }, patience),
    ),
  );
  return survivors.flat();
}

function isSameProcess({ pid, startTime }: ProcessRecord): boolean {
  return readProcess(pid)?.startTime === startTime;
}
