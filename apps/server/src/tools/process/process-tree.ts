import { setTimeout as wait } from "node:timers/promises";
import { endProcessGroup } from "./process-group.ts";
import {
  hasProcessTable,
  listProcesses,
  type ProcessEntry,
  readMarker,
  readProcess,
} from "./process-table.ts";
import { sendSignal } from "./send-signal.ts";

/** A process and all its descendants. */
export interface ProcessTree {
  pid: number;
  startTime: number;
  /** Found in the environment of what it started. */
  marker: string;
  /** Whether the process group and session `pid` are certainly its own. */
  ownsGroup: boolean;
}

export interface TreePatience {
  /** Milliseconds between TERM and KILL. */
  graceMs: number;
  /** Milliseconds to wait for KILL before giving up on the rest. */
  forceMs: number;
}

const POLL_MS = 20;

/** Milliseconds between scans of the process table while killing. */
const FORCE_ROUND_MS = 200;

/**
 * Ends a process, its group, and descendants that left the group (setsid, a double fork): TERM, grace, KILL, repeated
 * until a scan of the process table finds none.
 *
 * A process that left the group is found by its marker or by a parent in the tree. One that cleared its environment and
 * whose ancestors have all ended is missed; catching it takes a process namespace, which the sandbox has. Without
 * `/proc` only the group is ended.
 * @returns pids that even KILL did not end: another user's, or stuck in the kernel.
 */
export async function endProcessTree(
  tree: ProcessTree,
  { graceMs, forceMs }: TreePatience,
): Promise<number[]> {
  if (!hasProcessTable()) return tree.ownsGroup ? endProcessGroup(tree.pid, { graceMs, forceMs }) : [];
  let members = await findMembers(tree);
  const graceEnd = performance.now() + graceMs;
  const asked = new Set<number>();
  while (members.length > 0 && performance.now() < graceEnd) {
    for (const member of members.filter(({ pid }) => !asked.has(pid))) {
      asked.add(member.pid);
      if (!isAlive(member)) continue;
      sendSignal(member.pid, "SIGTERM");
      // A stopped process handles the signal once continued.
      sendSignal(member.pid, "SIGCONT");
    }
    await waitUntilGone(members, graceEnd);
    members = await findMembers(tree);
  }
  const forceEnd = performance.now() + forceMs;
  while (members.length > 0 && performance.now() < forceEnd) {
    for (const member of members) if (isAlive(member)) sendSignal(member.pid, "SIGKILL");
    await waitUntilGone(members, Math.min(forceEnd, performance.now() + FORCE_ROUND_MS));
    members = await findMembers(tree);
  }
  // The server may have slept between the look at them and the end of its patience.
  return members.filter(isAlive).map(({ pid }) => pid);
}

async function findMembers({ pid, startTime, marker, ownsGroup }: ProcessTree): Promise<ProcessEntry[]> {
  // Nothing older than the root can descend from it, and zombies need no signal.
  let rest = (await listProcesses()).filter(
    (entry) => entry.startTime >= startTime && !entry.isZombie && entry.pid !== process.pid,
  );
  const members = new Map<number, ProcessEntry>();
  const take = (belongs: (entry: ProcessEntry) => boolean): void => {
    rest = rest.filter((entry) => {
      if (!belongs(entry)) return true;
      members.set(entry.pid, entry);
      return false;
    });
  };
  take((entry) => entry.pid === pid && entry.startTime === startTime);
  if (ownsGroup) take((entry) => entry.groupId === pid || entry.sessionId === pid);
  take((entry) => readMarker(entry.pid) === marker);
  for (let before = -1; before !== members.size;) {
    before = members.size;
    take((entry) => members.has(entry.parentPid));
  }
  return [...members.values()];
}

/** Resolves when all of them are gone, or at the deadline. */
async function waitUntilGone(members: readonly ProcessEntry[], deadline: number): Promise<void> {
  while (members.some(isAlive) && performance.now() < deadline) await wait(POLL_MS);
}

function isAlive({ pid, startTime }: ProcessEntry): boolean {
  const now = readProcess(pid);
  return now !== null && now.startTime === startTime && !now.isZombie;
}
