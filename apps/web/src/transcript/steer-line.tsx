import type { SteerRow } from "@trunkline/contract/session-view";
import { CornerDownRight } from "lucide-react";
import { Turn } from "./turn.tsx";

/** A message that the running task took in, at the point where it did. */
export function SteerLine({ row }: { row: SteerRow }) {
  return (
    <div className="pt-2">
      <p className="flex items-center gap-2 text-sm text-muted">
        <CornerDownRight aria-hidden className="size-4 shrink-0 text-accent" strokeWidth={1.75} />
        The agent read your message
      </p>
      <div className="-mt-1.5 pl-6">
        <Turn id={row.key} prompt={row.prompt} seq={row.seq} at={row.at} />
      </div>
    </div>
  );
}
