import { setTimeout as wait } from "node:timers/promises";
import { sendSignal } from "./send-signal.ts";

const POLL_MS = 20;

/**
 * Ends a process group, on systems without `/proc`: TERM, grace, KILL. Processes that left the group remain.
 * @returns the group's id if even KILL did not end it.
 */
export async function endProcessGroup(
  groupId: number,
  { graceMs, forceMs }: { graceMs: number; forceMs: number },
): Promise<number[]> {
  sendSignal(-groupId, "SIGTERM");
  sendSignal(-groupId, "SIGCONT");
  if (await isGoneWithin(groupId, graceMs)) return [];
  sendSignal(-groupId, "SIGKILL");
  return (await isGoneWithin(groupId, forceMs)) ? [] : [groupId];
}

async function isGoneWithin(groupId: number, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  for (;;) {
    const isLast = performance.now() >= deadline;
    if (!sendSignal(-groupId, 0)) return true;
    if (isLast) return false;
    await wait(POLL_MS);
  }
}
