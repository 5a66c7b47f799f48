import type { Session } from "@trunkline/contract";
import { ownName } from "../navigation/base-path.ts";
import { now } from "../network/clock.ts";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { readStored, writeStored } from "../text/stored.ts";

/** Results that were seen in this browser. It only drives a mark in a list, so it is not stored on the server. */
interface Seen {
  /** Results from before this time count as seen, in ms since the epoch. */
  since: number;
  /** Last seen result, by session. */
  ends: Readonly<Record<string, number>>;
}

const KEY = "trunkline:seen";
/** Maximum number of sessions; the results of dropped ones count as seen. */
const MAX_SESSIONS = 500;

const seen = createStore<Seen>(() => ({ since: Number.MAX_SAFE_INTEGER, ends: {} }));

/** Loads the stored state and syncs with other tabs. @returns a function that stops it. */
export function watchSeen(): () => void {
  const read = (): void => {
    const stored = readStored(KEY) as Partial<Seen> | null;
    if (stored === null) writeStored(KEY, { since: now(), ends: {} });
    seen.setState({ since: stored?.since ?? now(), ends: stored?.ends ?? {} });
  };
  const onStorage = (event: StorageEvent): void => {
    if (event.key === ownName(KEY)) read();
  };
  read();
  window.addEventListener("storage", onStorage);
  return () => window.removeEventListener("storage", onStorage);
}

/** @param endedAt when the session's last task ended, in ms since the epoch */
export function markSeen(sessionId: string, endedAt: number): void {
  const { since, ends } = seen.getState();
  if ((ends[sessionId] ?? since) >= endedAt) return;
  const entries = Object.entries({ ...ends, [sessionId]: endedAt }).toSorted(([, a], [, b]) => b - a);
  const next: Seen = {
    since: Math.max(since, entries[MAX_SESSIONS]?.[1] ?? 0),
    ends: Object.fromEntries(entries.slice(0, MAX_SESSIONS)),
  };
  seen.setState(next);
  writeStored(KEY, next);
}

function isUnseen({ since, ends }: Seen, { id, status, currentTask }: Session): boolean {
  const endedAt = status === "idle" ? (currentTask?.endedAt ?? 0) : 0;
  return endedAt > Math.max(ends[id] ?? 0, ends[id] === undefined ? since : 0);
}

export function useIsUnseen(session: Session): boolean {
  return useStore(seen, (state) => isUnseen(state, session));
}

/** @returns those that ended unseen, in their order. */
export function useUnseen(sessions: readonly Session[]): Session[] {
  const state = useStore(seen);
  return sessions.filter((session) => isUnseen(state, session));
}

export function useUnseenCount(sessions: readonly Session[]): number {
  return useStore(seen, (state) => sessions.filter((session) => isUnseen(state, session)).length);
}
