import { useQueryClient } from "@tanstack/react-query";
import { isTaskEnd, type SessionEvent } from "@trunkline/contract";
import { useEffect, useRef } from "react";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { reload } from "../api/reload.ts";

/** Between reloads while a task writes files, in ms. */
const INTERVAL_MS = 1_500;

/** Whether files of the workspace may differ after this event. */
function mayChangeFiles(event: SessionEvent): boolean {
  return event.type === "tool.ended" || event.type === "workspace.reverted" || isTaskEnd(event);
}

/**
 * Reloads what was read of the workspace after an event that may have changed it, at most every 1.5 s.
 *
 * @param queryKey prefix of the queries
 * @param changes tells which events matter
 */
export function useReloadAfter(
  queryKey: readonly unknown[],
  changes: (event: SessionEvent) => boolean = mayChangeFiles,
): void {
  const queries = useQueryClient();
  const seq = useSessionState(({ view }) => view.events.findLast(changes)?.seq ?? 0);
  const key = useRef(queryKey);
  useEffect(() => {
    key.current = queryKey;
  });
  const first = useRef(seq);
  const reloadedAt = useRef(0);
  useEffect(() => {
    if (seq === first.current) return undefined;
    const wait = Math.max(0, reloadedAt.current + INTERVAL_MS - Date.now());
    const timer = setTimeout(() => {
      reloadedAt.current = Date.now();
      void reload(queries, key.current);
    }, wait);
    return () => {
      clearTimeout(timer);
      // Whoever leaves before it was reloaded comes back to what is out of date.
      // oxlint-disable-next-line eslint/no-restricted-properties -- asks nobody now
      void queries.invalidateQueries({ queryKey: key.current, refetchType: "none" });
    };
  }, [seq, queries]);
}
