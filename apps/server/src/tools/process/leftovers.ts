import type { ProcessRecord } from "../port.ts";
import { listProcesses, readBootId, readMarker, readProcess } from "./process-table.ts";
import { endProcessTree, type TreePatience } from "./process-tree.ts";

export interface Leftovers {
  /** The spawner's owner: every process with its marker is a leftover, recorded or not. */
  owner: string;
  /** Processes that were running when the server died, according to the ledger. */
  records: readonly ProcessRecord[];
  patience?: TreePatience;
}

/** Nobody reads their output any more, so the wait is shorter. */
const DEFAULT_PATIENCE: TreePatience = { graceMs: 500, forceMs: 5_000 };

/**
 * Ends what an earlier server process left running. Call before the first command, by the owner's only server. A pid
 * alone is never trusted: start time and boot, or the marker, must match.
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
