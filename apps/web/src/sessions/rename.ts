import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { isConnectionError } from "../network/network.ts";
import { showToast } from "../ui/toasts.ts";
import { updateSession } from "./update-session.ts";

/** The session whose title is edited in the rail. */
const renaming = createStore<{ id: string | null }>(() => ({ id: null }));

export const startRenaming = (id: string): void => renaming.setState({ id });
/** By then, another one may be edited. */
export const stopRenaming = (id: string): void =>
  renaming.setState((state) => (state.id === id ? { id: null } : state));
export const useIsRenaming = (id: string): boolean => useStore(renaming, (state) => state.id === id);

/** @returns whether it has the title now. */
export async function renameSession(sessionId: string, title: string): Promise<boolean> {
  try {
    await updateSession({ sessionId, title });
    return true;
  } catch (error) {
    const detail = isConnectionError(error) ? "You're offline." : (error as Error).message;
    showToast("Couldn't rename the session", { detail, level: "error" });
    return false;
  }
}
