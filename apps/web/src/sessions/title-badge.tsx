import { useEffect } from "react";
import { usePageTitle } from "./page-title.ts";
import { useUnseenCount, watchSeen } from "./seen.ts";
import { statusOfSession } from "./status.ts";
import { useSessions } from "./use-sessions.ts";

/** The tab's title, and the installed app's badge: the page's name, and how many sessions need the user or ended unseen. */
export function TitleBadge() {
  const { sessions } = useSessions();
  const title = usePageTitle();
  const unseen = useUnseenCount(sessions);
  const count = unseen + sessions.filter((session) => statusOfSession(session) === "needs-you").length;
  useEffect(watchSeen, []);
  useEffect(() => {
    const page = title === null ? "Trunkline" : `${title} · Trunkline`;
    document.title = count === 0 ? page : `(${count}) ${page}`;
  }, [title, count]);
  useEffect(() => {
    // Only an installed app has a badge (W3C, Badging API).
    if ("setAppBadge" in navigator) void navigator.setAppBadge(count).catch(() => {});
  }, [count]);
  // After a sign-out, neither tells of the last user's sessions.
  useEffect(
    () => () => {
      document.title = "Trunkline";
      if ("clearAppBadge" in navigator) void navigator.clearAppBadge().catch(() => {});
    },
    [],
  );
  return null;
}
