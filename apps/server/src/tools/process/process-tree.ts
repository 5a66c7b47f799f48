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

/** A process and everything that came from it. */
export interface ProcessTree {
  pid: number;
  startTime: number;
  /** Found in the environment of what it started. */
  marker: string;
  /** Whether the process group and the session named `pid` are certainly the ones that it led. */
  ownsGroup: boolean;
}

export interface TreePatience {
  /** Milliseconds between the request to end and the end by force. */
  graceMs: number;
  /** Milliseconds that even force may take, before the rest is given up. */
  forceMs: number;
}

const POLL_MS = 20;

/** Milliseconds between two looks at the whole table while KILL is at work. */
const FORCE_ROUND_MS = 200;

/**
 * Ends a process with its group and with its descendants that left the group (setsid, a double fork): TERM, grace,
 * KILL, and again until a look at the whole process table finds none.
 *
 * Who left the group is known by the marker or by a parent who belongs to the tree. Only one that cleared its
 * environment and whose parents have all ended is missed; that takes a process namespace, which the sandbox has.
 * Without `/proc` there is the group alone.
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
      // What is stopped takes the signal when it goes on.
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
  return members.map(({ pid }) => pid);
}

async function findMembers({ pid, startTime, marker, ownsGroup }: ProcessTree): Promise<ProcessEntry[]> {
  // Nothing older than the tree's root can have come from it, and nobody asks a zombie for anything.
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
