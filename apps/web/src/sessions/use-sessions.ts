import type { Session } from "@trunkline/contract";
import { useStore } from "zustand";
import { apiClient } from "../api/api-client.ts";
import { noticeSignedOut } from "../auth/signed-out.ts";
import { noteReached } from "../network/network.ts";
import { type SessionList, SessionListSource } from "./session-list-source.ts";

export interface Sessions {
  sessions: readonly Session[];
  isLoading: boolean;
  error: Error | null;
  retry(): void;
  /** Loads further back; null at the end. */
  loadMore: (() => void) | null;
}

const source = new SessionListSource(apiClient, noteReached, noticeSignedOut);

export const listedSessions = (): SessionList => source.state.getState();

/** Keeps the list current. @returns a function that stops it. */
export const watchSessions = (): (() => void) => source.start();

/** Another number once sessions have come or gone. */
export const useSessionMoves = (): number => useStore(source.state, ({ moves }) => moves);

/** The caller's sessions, most recently changed first. */
export function useSessions(): Sessions {
  const { sessions, isLoading, error, nextCursor, isLoadingMore } = useStore(source.state);
  return {
    sessions,
    isLoading,
    error: sessions.length === 0 ? error : null,
    retry: () => void source.read(),
    loadMore: nextCursor === null || isLoadingMore ? null : () => void source.loadMore(),
  };
}
