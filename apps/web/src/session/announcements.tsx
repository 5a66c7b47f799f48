import { useEffect, useRef, useState } from "react";
import { openApprovals, type OpenApproval } from "../approvals/open-approvals.ts";
import { requestWords } from "../approvals/request-words.ts";
import type { Status } from "../sessions/status.ts";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { sessionStatus } from "./session-facts.ts";

const WORDS: Readonly<Partial<Record<Status, string>>> = {
  running: "Task started",
  done: "Task done",
  canceled: "Task canceled",
};

/** Nobody listens to more. */
const MAX_SAID = 300;

function askedAloud(approval: OpenApproval): string {
  const { title, detail } = requestWords(approval);
  return `${title} ${detail.slice(0, MAX_SAID)}`;
}

/** Announces changes to screen readers; the transcript itself would never stop talking. */
export function Announcements() {
  const status = useSessionState(sessionStatus);
  const error = useSessionState(({ view }) => view.tasks.at(-1)?.error?.message ?? null);
  const asked = useSessionState((state) => {
    const [first] = openApprovals(state);
    return first === undefined ? "" : askedAloud(first);
  });
  const before = useRef<Status | null>(null);
  const [said, setSaid] = useState<Status | null>(null);
  useEffect(() => {
    // The state at page load is not news, unless something waits for the user.
    const isNews = before.current === null ? status === "needs-you" : before.current !== status;
    if (isNews) setSaid(status);
    before.current = status;
  }, [status]);
  return (
    <>
      <output className="sr-only">
        {said === "needs-you" ? `Needs you. ${asked}` : said === null ? "" : (WORDS[said] ?? "")}
      </output>
      <p role="alert" className="sr-only">
        {said === "failed" ? `Task failed. ${error ?? ""}` : ""}
      </p>
    </>
  );
}
