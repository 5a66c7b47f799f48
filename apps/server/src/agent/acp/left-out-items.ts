import { type AgentItem, type AgentItems, settled } from "./agent-items.ts";

/**
 * Waits for an answer of the agent's, and takes away whatever it says until then, however much: with nobody to take it, what comes
 * after it would not be read, which is the answer.
 */
export async function leavingOut(items: AgentItems, answer: Promise<unknown>): Promise<void> {
  const answered = new AbortController();
  const emptied = leaveOutUntil(items, answered.signal);
  try {
    await answer;
    await settled();
  } finally {
    answered.abort();
    await emptied;
  }
}

async function leaveOutUntil(items: AgentItems, answered: AbortSignal): Promise<void> {
  while (!answered.aborted) refuse(await items.next(answered, null).catch(() => null));
  for (let item = items.takeNow(); item !== undefined; item = items.takeNow()) refuse(item);
}

/** Whoever waits for an answer learns that there is no turn to ask in. */
export function refuse(item: AgentItem | null): void {
  if (item?.type === "permission") item.answer({ outcome: "cancelled" });
  else if (item?.type === "act") item.act.refuse("The task was canceled, or has not begun");
}
