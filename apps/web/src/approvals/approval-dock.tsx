import { useEffect, useMemo, useRef, useState } from "react";
import { useShallow } from "zustand/react/shallow";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";
import { RequestCard } from "../shell/later-parts.tsx";
import { CardFrame } from "./card-frame.tsx";
import { openApprovals } from "./open-approvals.ts";
import { useSubagentRequests } from "./use-subagent-requests.ts";
import { useUnsentWords } from "./unsent-words.ts";
import { useAnswer } from "./use-answer.ts";

/** Open approvals and questions, above the composer, which stays usable. */
export function ApprovalDock({ focusComposer }: { focusComposer: () => void }) {
  const own = useSessionState(useShallow(openApprovals));
  const subagents = useSubagentRequests();
  const open = useMemo(() => (subagents.length === 0 ? own : [...own, ...subagents]), [own, subagents]);
  const { sessionId } = useCurrentSession();
  const answers = useAnswer(sessionId);
  useUnsentWords(
    useMemo(() => open.map((request) => ({ request, sessionId })), [open, sessionId]),
    true,
  );
  const hasProject = useSessionState(({ session }) => (session?.projectId ?? null) !== null);
  const [place, setPlace] = useState(0);
  const at = Math.min(place, open.length - 1);
  const shown = open[at] ?? null;
  const card = useRef<HTMLElement>(null);
  const hadFocus = useRef(false);
  const shownId = shown?.approvalId ?? null;
  useEffect(() => {
    // After an answer by key the focus moves to the next request, or to the composer; never to nothing.
    if (hadFocus.current && (document.activeElement === document.body || document.activeElement === null)) {
      if (card.current === null) focusComposer();
      else card.current.focus();
    }
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the composer's handle is made anew each time
  }, [shownId]);
  useEffect(() => {
    // A removed element has already lost its focus, so remember where it was last.
    const note = ({ target }: FocusEvent): void => {
      hadFocus.current = card.current?.contains(target as Node) === true;
    };
    document.addEventListener("focusin", note);
    return () => document.removeEventListener("focusin", note);
  }, []);
  if (shown === null) return null;
  const isAnswering = answers.answering(shown.approvalId);
  return (
    <section
      ref={card}
      aria-label="Needs you"
      tabIndex={-1}
      className="mb-1.5 animate-appear overflow-hidden rounded-xl border border-waits/45 bg-waits-soft"
    >
      <CardFrame
        key={shown.approvalId}
        request={shown}
        place={at + 1}
        count={open.length}
        next={() => setPlace((at + 1) % open.length)}
      >
        <RequestCard request={shown} hasProject={hasProject} isAnswering={isAnswering} answers={answers} />
      </CardFrame>
    </section>
  );
}
