import { keepPreviousData, queryOptions, useQueries, useQuery } from "@tanstack/react-query";
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
function diffQuery(
  client: ReturnType<typeof useTRPCClient>,
  scope: ChangesScope,
  { path, oldPath }: ChangedFile,
  changes: Changes,
) {
  return queryOptions({
    // Of another part of the changes the list may still be the one before: what is asked for it is none of that one's.
    queryKey: ["diff", scope.sessionId, scope.fromSeq, changes.fromCommit, changes.toCommit, path, oldPath],
    queryFn: ({ signal }) =>
      client.session.diff.query(
        { ...inputOf(scope), path, ...(oldPath !== undefined && { oldPath }) },
        { signal },
      ),
    staleTime: Infinity,
  });
}

export function useDiff(scope: ChangesScope, file: ChangedFile, changes: Changes) {
  const client = useTRPCClient();
  // No blink while the task writes on.
  return useQuery({ ...diffQuery(client, scope, file, changes), placeholderData: keepPreviousData });
}

/** @returns the files' diffs, in their order; null where one is not loaded. The same array while nothing differs. */
export function useDiffs(
  scope: ChangesScope,
  files: readonly ChangedFile[],
  changes: Changes,
): readonly (string | null)[] {
  const client = useTRPCClient();
  return useQueries({
    queries: files.map((file) => diffQuery(client, scope, file, changes)),
    combine: textsOf,
  });
}

function textsOf(results: readonly { data: { diff: string } | undefined }[]): (string | null)[] {
  return results.map(({ data }) => data?.diff ?? null);
}
