import { grouped } from "../text/quantity.ts";

/** Added and deleted lines; null where they were not counted. */
export function Counts({ additions, deletions }: { additions: number | null; deletions: number | null }) {
  return (
    <span className="flex shrink-0 gap-1.5 text-xs">
      {additions !== null && additions > 0 && <span className="text-done">+{grouped(additions)}</span>}
      {deletions !== null && deletions > 0 && <span className="text-failed">−{grouped(deletions)}</span>}
    </span>
  );
}
