import { createContext, useContext, useEffect, useState } from "react";
import { useStore } from "zustand";
import type { AttachedFile } from "../attachments/attached-file.ts";
import { apiClient } from "../api/api-client.ts";
import { mayBeBack } from "../network/may-be-back.ts";
import { noticeSignedOut } from "../auth/signed-out.ts";
import { type Message, OpenSession } from "./open-session.ts";
import type { SessionState } from "./session-state.ts";

/** Recently shown sessions stay in memory, so that going back to one is instant. */
const MAX_KEPT = 5;
const opened = new Map<string, OpenSession>();

function openedSession(sessionId: string): OpenSession {
  const known = opened.get(sessionId);
  const session = known ?? new OpenSession(apiClient, sessionId, { onError: noticeSignedOut, mayBeBack });
  // The map's order is the order of use.
  opened.delete(sessionId);
  opened.set(sessionId, session);
  for (const oldest of [...opened.keys()].slice(0, -MAX_KEPT)) opened.delete(oldest);
  return session;
}

/** Submits a prompt to a session, which shows it immediately if it is open. @throws what the API throws */
export async function deliverTo(
  sessionId: string,
  message: Message,
  files: readonly AttachedFile[] = [],
): Promise<{ sessionId: string; taskId: string }> {
  const known = opened.get(sessionId);
  if (known !== undefined) return known.submit(message, files);
  return apiClient.task.submit.mutate({ sessionId, ...message });
}

/**
 * Opens the session of an address before anything is rendered: its events load while React hydrates. Whoever shows the
 * session closes it.
 *
 * @returns whether the address is that of a session
 */
export function openEarly(path: string): boolean {
  const sessionId = /^\/s\/([^/]+)$/.exec(path)?.[1];
  if (sessionId !== undefined) openedSession(sessionId).open();
  return sessionId !== undefined;
}

/** Opens a session while the caller is mounted; it is live meanwhile. */
export function useOpenSession(sessionId: string): OpenSession {
  const [session] = useState(() => openedSession(sessionId));
  useEffect(() => {
    session.open();
    return () => session.close();
  }, [session]);
  return session;
}

export const OpenSessionContext = createContext<OpenSession | null>(null);

/** The page's session. @throws Error outside of one */
export function useCurrentSession(): OpenSession {
  const session = useContext(OpenSessionContext);
  if (session === null) throw new Error("useSession must be used within a session's page");
  return session;
}

/** Selects part of its state; re-renders when that part changes. */
export function useSessionState<T>(select: (state: SessionState) => T): T {
  return useStore(useCurrentSession().state, select);
}
