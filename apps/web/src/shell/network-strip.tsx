import { CloudOff } from "lucide-react";
import { useOutbox } from "../outbox/use-outbox.ts";
import { clock } from "../text/duration.ts";
import { plural } from "../text/quantity.ts";
import { useNow } from "../ui/use-now.ts";
import { useNetwork } from "../network/network.ts";

/** Shorter interruptions are not shown, in ms. */
const PATIENCE_MS = 3_000;

/** The banner for an unreachable server: how stale the page is, and what waits to be sent. */
export function NetworkStrip() {
  const { awaySince, isOffline } = useNetwork();
  const waiting = useOutbox().filter(({ isWaiting }) => isWaiting).length;
  const now = useNow();
  if (awaySince === null) return null;
  const awayMs = Math.max(0, now - awaySince);
  if (!isOffline && waiting === 0 && awayMs < PATIENCE_MS) return null;
  const words =
    isOffline || waiting > 0
      ? `Offline${waiting > 0 ? ` · ${plural(waiting, "message")} waiting` : ""}`
      : "Reconnecting… Your task keeps running.";
  return (
    <output
      translate="no"
      className="flex h-8 shrink-0 animate-appear items-center justify-center gap-2 border-b border-line bg-waits-soft px-4 text-sm"
    >
      <CloudOff aria-hidden className="size-3.5 shrink-0 text-waits" />
      <span className="truncate">{words}</span>
      {/* Each second another: a screen reader would say no more than that. */}
      <span aria-hidden>· {clock(awayMs)}</span>
    </output>
  );
}
