"use client";

import { useEffect } from "react";
import { forgetEarlyRows } from "../session-stream/early-session.ts";
import {
  OpenSessionContext,
  openEarly,
  useOpenSession,
  useSessionState,
} from "../session-stream/use-open-session.ts";
import { Transcript } from "../shell/later-parts.tsx";
import { SessionScreen } from "./session-screen.tsx";
import { SessionProblem } from "./session-problem.tsx";
import { currentPath } from "../navigation/navigate.ts";

if (typeof window !== "undefined" && openEarly(currentPath())) void Transcript.preload();

/** One session: its live transcript and the composer. */
export function SessionPage({ sessionId }: { sessionId: string }) {
  const session = useOpenSession(sessionId);
  // Whoever comes back finds the session itself.
  useEffect(() => forgetEarlyRows, []);
  return (
    <OpenSessionContext value={session}>
      <ByPhase sessionId={sessionId} />
    </OpenSessionContext>
  );
}

function ByPhase({ sessionId }: { sessionId: string }) {
  const hasFailed = useSessionState(({ phase }) => phase === "failed");
  return hasFailed ? <SessionProblem /> : <SessionScreen sessionId={sessionId} />;
}
