import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

/** Sessions whose subagents are shown in the rail. */
const branches = createStore<ReadonlySet<string>>(() => new Set());

export function toggleBranch(sessionId: string): void {
  const next = new Set(branches.getState());
  if (!next.delete(sessionId)) next.add(sessionId);
  branches.setState(next, true);
}

export const openBranch = (sessionId: string): void => {
  if (!branches.getState().has(sessionId)) toggleBranch(sessionId);
};

export const useIsBranchOpen = (sessionId: string): boolean =>
  useStore(branches, (open) => open.has(sessionId));
