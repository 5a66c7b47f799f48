import { useEffect, useRef } from "react";
import { useSessions } from "../sessions/use-sessions.ts";
import { notificationsOn, notify } from "./notifications.ts";
import { type Reached, sessionNotices } from "./session-notices.ts";

/** Notifies of sessions that need their user or have ended, where that is turned on and no tab is visible. */
export function SessionNotifications() {
  const { sessions, isLoading } = useSessions();
  const last = useRef<Reached>(null);
  useEffect(() => {
    if (isLoading) return;
    const { reached, notices } = sessionNotices(last.current, sessions);
    last.current = reached;
    if (!notificationsOn()) return;
    for (const notice of notices) void notify(notice);
  }, [sessions, isLoading]);
  return null;
}
