import { useEffect } from "react";
import type { OpenSession } from "../session-stream/open-session.ts";
import { showToast } from "../ui/toasts.ts";
import { keepLeftWords } from "./left-words.ts";

/** Looks once for what was written in a session for requests that are settled by now. */
export function useLeftWords(session: OpenSession, isReadOnly: boolean): void {
  useEffect(() => {
    if (isReadOnly) return;
    void keepLeftWords(session).then((isAny) => {
      if (isAny)
        showToast("A request needs no answer any more", { detail: "What you wrote is in the message box." });
    });
  }, [session, isReadOnly]);
}
