import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";
import { revealHidden } from "../text/reveal-hidden.ts";
import { showToast } from "../ui/toasts.ts";
import { cameToNeedYou, type Waiting } from "./came-to-need-you.ts";
import { useSessions } from "./use-sessions.ts";

/** Says when a session that is not looked at begins to wait for somebody. */
export function NeedsYouToasts() {
  const { sessions, isLoading } = useSessions();
  const path = usePathname();
  const waiting = useRef<Waiting>(null);
  useEffect(() => {
    if (isLoading) return;
    const { waiting: now, came } = cameToNeedYou(waiting.current, sessions);
    waiting.current = now;
    for (const { id, title } of came) {
      if (path === `/s/${id}`) continue;
      showToast("A task needs you", {
        detail: revealHidden(title),
        link: { label: "Show", href: `/s/${id}` },
      });
    }
  }, [sessions, isLoading, path]);
  return null;
}
