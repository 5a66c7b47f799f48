import { CloudOff } from "lucide-react";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { clock } from "../text/duration.ts";
import { useNow } from "../ui/use-now.ts";

/** A connection that comes back within this time was not worth a word, in ms. */
const PATIENCE_MS = 3_000;

/** Says that what is shown may be old, and since when; gone with the first event. */
export function StaleBanner() {
  const awaySince = useSessionState((state) => state.awaySince);
  if (awaySince === null) return null;
  return <Banner awaySince={awaySince} />;
}

function Banner({ awaySince }: { awaySince: number }) {
  const awayMs = useNow() - awaySince;
  if (awayMs < PATIENCE_MS) return null;
  return (
    <output className="absolute inset-x-0 top-0 z-10 flex h-8 animate-appear items-center justify-center gap-2 border-b border-line bg-waits-soft px-4 text-sm">
      <CloudOff aria-hidden className="size-3.5 shrink-0 text-waits" />
      <span className="truncate">
        Reconnecting. What you see is {clock(awayMs)} old; nothing of it is lost.
      </span>
    </output>
  );
}
