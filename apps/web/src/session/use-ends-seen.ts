import { useEffect } from "react";
import { useSessionState } from "../session-stream/use-open-session.ts";

/** Marks the session's last result as seen once the page is visible. */
export function useEndsSeen(sessionId: string, markSeen: (sessionId: string, endedAt: number) => void): void {
  const endedAt = useSessionState(({ view, session }) =>
    Math.max(session?.currentTask?.endedAt ?? 0, ...view.tasks.map((task) => task.endedAt ?? 0)),
  );
  useEffect(() => {
    const note = (): void => {
      if (document.visibilityState === "visible" && endedAt > 0) markSeen(sessionId, endedAt);
    };
    note();
    document.addEventListener("visibilitychange", note);
    return () => document.removeEventListener("visibilitychange", note);
  }, [sessionId, endedAt, markSeen]);
}
