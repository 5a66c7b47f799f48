import type { Changes } from "@trunkline/contract";
import { useEffect, useMemo, useState } from "react";
import { type ChangesScope, useDiffs } from "../changes/use-changes.ts";
import { diffLines } from "../changes/use-diff-lines.ts";
import { placeOf, type ReviewComment } from "./review-comment.ts";

const NONE: ReadonlySet<string> = new Set();

/** @returns the ids of the comments whose lines have changed since they were written. */
export function useOutdated(
  comments: readonly ReviewComment[],
  scope: ChangesScope,
  changes: Changes,
): ReadonlySet<string> {
  const paths = [...new Set(comments.map(({ path }) => path))].join("\n");
  const files = useMemo(() => {
    const wanted = new Set(paths.split("\n"));
    return changes.files.filter(({ path }) => wanted.has(path));
  }, [paths, changes]);
  const diffs = useDiffs(scope, files, changes);
  const [outdated, setOutdated] = useState(NONE);
  // While one is written, its lines stay what they are.
  const ids = comments.map(({ id }) => id).join();
  const signature = useMemo(
    () => ({ ids, changes, diffs: new Map(files.map(({ path }, index) => [path, diffs[index] ?? null])) }),
    [ids, changes, files, diffs],
  );
  useEffect(() => {
    const gone = new AbortController();
    void findOutdated(comments, signature, gone.signal).then((found) => {
      if (!gone.signal.aborted) setOutdated(found.size === 0 ? NONE : found);
    });
    return () => gone.abort();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- their texts do not matter
  }, [signature]);
  return outdated;
}

async function findOutdated(
  comments: readonly ReviewComment[],
  { diffs, changes }: { diffs: ReadonlyMap<string, string | null>; changes: Changes },
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const known = new Set(changes.files.map(({ path }) => path));
  const byPath = Map.groupBy(comments, ({ path }) => path);
  for (const [path, some] of byPath) {
    const diff = diffs.get(path) ?? null;
    const isGone = !known.has(path) && !changes.truncated;
    const lines = diff === null ? (isGone ? [] : null) : await diffLines(diff, signal);
    // Not known yet.
    if (lines === null) continue;
    for (const comment of some) if (placeOf(comment, lines) === null) found.add(comment.id);
  }
  return found;
}
