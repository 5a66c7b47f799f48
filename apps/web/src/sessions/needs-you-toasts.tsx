import { apiClient } from "../api/api-client.ts";
import { questionOf } from "../approvals/open-approvals.ts";
import { requestWords } from "../approvals/request-words.ts";
import { firstWords } from "../text/first-words.ts";
import { usePath } from "../navigation/use-path.ts";
import { useEffect, useRef } from "react";
import { revealHidden } from "../text/reveal-hidden.ts";
import { showToast } from "../ui/toasts.ts";
import { cameToNeedYou, type Waiting } from "./came-to-need-you.ts";
import { useSessions } from "./use-sessions.ts";
import { currentPath } from "../navigation/navigate.ts";

/** Says what is asked; only the title if that can't be loaded. */
async function tell(sessionId: string, title: string): Promise<void> {
  const [approvals, questions] = await Promise.all([
    apiClient.approval.list.query({ sessionId, limit: 50 }).catch(() => null),
    apiClient.question.list.query({ sessionId, limit: 50 }).catch(() => null),
  ]);
  const asked = approvals?.items.findLast(({ state }) => state === "open");
  const question = asked === undefined ? questions?.items.at(-1) : undefined;
  const detail = asked === undefined ? question?.text : requestWords(asked).detail;
  const isQuestion = question !== undefined || (asked !== undefined && questionOf(asked) !== null);
  // A user who went there meanwhile sees it.
  if (currentPath() === `/s/${sessionId}`) return;
  const what = detail === undefined ? "" : `: ${revealHidden(firstWords(detail, 120))}`;
  const name = revealHidden(firstWords(title, 60));
  showToast(`“${name}” ${isQuestion ? "asks" : "needs approval"}${what}`, {
    link: { label: "Show", href: `/s/${sessionId}` },
  });
}

/** Notifies when another session starts waiting for the user. */
export function NeedsYouToasts() {
  const { sessions, isLoading } = useSessions();
  const path = usePath();
  const waiting = useRef<Waiting>(null);
  useEffect(() => {
    if (isLoading) return;
    const { waiting: now, came } = cameToNeedYou(waiting.current, sessions);
    waiting.current = now;
    // The start page shows what is asked itself.
    if (path === "/") return;
    for (const { id, title } of came) {
      if (path !== `/s/${id}`) void tell(id, title);
    }
  }, [sessions, isLoading, path]);
  return null;
}
