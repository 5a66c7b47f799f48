import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ChangedFile, Changes, SessionEvent } from "@trunkline/contract";
import { useTRPCClient } from "../api/trpc.ts";
import { useReloadAfter } from "../files/use-reload-after.ts";

export const changesKey = (sessionId: string) => ["changes", sessionId] as const;

/** Which part of the session's changes: all, or those after an event. */
export interface ChangesScope {
  sessionId: string;
  /** Null: since the session started. */
  fromSeq: number | null;
}

const inputOf = ({ sessionId, fromSeq }: ChangesScope) => ({
  sessionId,
  ...(fromSeq !== null && { fromSeq }),
});

function savesFiles({ type }: SessionEvent): boolean {
  return type === "checkpoint.created" || type === "workspace.reverted";
}

/** The net changes of the workspace, reloaded when a checkpoint is saved. */
export function useChanges(scope: ChangesScope) {
  const client = useTRPCClient();
  useReloadAfter(changesKey(scope.sessionId), savesFiles);
  return useQuery({
    queryKey: [...changesKey(scope.sessionId), scope.fromSeq],
    queryFn: ({ signal }) => client.session.changes.query(inputOf(scope), { signal }),
    placeholderData: keepPreviousData,
  });
}

/** One file's diff. It only changes with the compared checkpoints. */
export function useDiff(scope: ChangesScope, { path, oldPath }: ChangedFile, changes: Changes) {
  const client = useTRPCClient();
  return useQuery({
    queryKey: ["diff", scope.sessionId, changes.fromCommit, changes.toCommit, path, oldPath],
    queryFn: ({ signal }) =>
      client.session.diff.query(
        { ...inputOf(scope), path, ...(oldPath !== undefined && { oldPath }) },
        { signal },
      ),
    staleTime: Infinity,
    // No blink while the task writes on.
    placeholderData: keepPreviousData,
  });
}
