import { useEffect, useRef, useState } from "react";
import type { Status } from "../sessions/status.ts";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { sessionStatus } from "./session-facts.ts";

const WORDS: Readonly<Partial<Record<Status, string>>> = {
  running: "Task started",
  "needs-you": "The task needs your approval",
  done: "Task done",
  canceled: "Task canceled",
};

/** Says aloud what changed; the transcript itself would never stop talking. */
export function Announcements() {
  const status = useSessionState(sessionStatus);
  const error = useSessionState(({ view }) => view.tasks.at(-1)?.error?.message ?? null);
  const before = useRef(status);
  const [said, setSaid] = useState<Status | null>(null);
  useEffect(() => {
    if (before.current !== status) setSaid(status);
    before.current = status;
  }, [status]);
  return (
    <>
      <output className="sr-only">{said === null ? "" : (WORDS[said] ?? "")}</output>
      <p role="alert" className="sr-only">
        {said === "failed" ? `Task failed. ${error ?? ""}` : ""}
      </p>
    </>
  );
}
