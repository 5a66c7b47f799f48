import { useMemo, useState } from "react";
import { useKeys } from "../keys/on-key.ts";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { ApprovalCard } from "./approval-card.tsx";
import { openApprovals } from "./open-approvals.ts";
import { useAnswer } from "./use-answer.ts";
import { useSettled } from "./use-settled.ts";

/** What waits for somebody, above the composer and never in its place: one may also say something else first. */
export function ApprovalDock() {
  const view = useSessionState((state) => state.view);
  const approvals = useSessionState((state) => state.approvals);
  const open = useMemo(() => openApprovals({ view, approvals }), [view, approvals]);
  const { answer, answering } = useAnswer();
  const [place, setPlace] = useState(0);
  const shown = open[Math.min(place, open.length - 1)] ?? null;
  const [notes, setNotes] = useState<Readonly<Record<string, string>>>({});
  const note = shown === null ? "" : (notes[shown.approvalId] ?? "");
  // A key or a second click that was meant for something else must not answer what appeared under it.
  const isSettled = useSettled(shown?.approvalId ?? null);
  const canDecide = shown !== null && isSettled && answering !== shown.approvalId;
  const decide = (decision: "allow" | "always" | "deny"): void => {
    if (!canDecide) return;
    if (decision === "always" && shown.always === null) return;
    answer(shown.approvalId, decision, note);
  };
  useKeys(
    shown === null ? {} : { y: () => decide("allow"), Y: () => decide("always"), n: () => decide("deny") },
  );
  if (shown === null) return null;
  return (
    <section
      aria-label="Needs you"
      className="mb-1.5 animate-appear overflow-hidden rounded-xl border border-waits/45 bg-waits-soft"
    >
      <ApprovalCard
        key={shown.approvalId}
        approval={shown}
        place={Math.min(place, open.length - 1) + 1}
        count={open.length}
        next={() => setPlace((place + 1) % open.length)}
        note={note}
        setNote={(text) => setNotes({ ...notes, [shown.approvalId]: text })}
        canDecide={canDecide}
        decide={decide}
      />
    </section>
  );
}
