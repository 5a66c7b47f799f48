import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { SESSIONS_KEY } from "../sessions/use-sessions.ts";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { sessionStatus, sessionTitle } from "./session-facts.ts";

/** What the session's stream tells first, the list of sessions shall not show late. */
export function useListRefresh(): void {
  const status = useSessionState(sessionStatus);
  const title = useSessionState(sessionTitle);
  const queries = useQueryClient();
  useEffect(() => {
    void queries.invalidateQueries({ queryKey: SESSIONS_KEY });
  }, [status, title, queries]);
}
