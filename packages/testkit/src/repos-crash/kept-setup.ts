import type { SessionEvent } from "@trunkline/contract";

/**
 * Whether what a session's setup has made must be kept for the next: that is done before the model is asked. A kill may come
 * between the setup's end and that, whatever moment it was meant for; the next session then makes it anew.
 * @param log of a session whose setup has succeeded
 */
export function isSurelyKept(log: readonly SessionEvent[]): boolean {
  const ended = log.findLastIndex(({ type, data }) => type === "setup.ended" && data.status === "succeeded");
  const next = log.slice(ended + 1).find(({ type }) => type === "step.started" || type === "task.started");
  return ended !== -1 && next?.type === "step.started";
}
