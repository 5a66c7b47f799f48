import type { PushSubscription } from "@trunkline/contract";
import { BellRing } from "lucide-react";
import { age } from "../text/duration.ts";
import { Button } from "../ui/button.tsx";
import { useNowByMinute } from "../ui/use-now.ts";

interface DeviceRowProps {
  device: PushSubscription;
  /** Whether it is this browser. */
  isThisOne: boolean;
  isBusy: boolean;
  remove: () => void;
}

/** A device that gets push notifications: its name, when it was last reached, and what went wrong since. */
export function DeviceRow({ device, isThisOne, isBusy, remove }: DeviceRowProps) {
  const now = useNowByMinute();
  const { device: name, createdAt, lastSuccessAt, failure } = device;
  const reached = lastSuccessAt === null ? "not reached yet" : `reached ${ago(lastSuccessAt, now)}`;
  return (
    <div className="flex items-center gap-3 px-4 py-2.5 text-sm">
      <BellRing aria-hidden className="size-4 shrink-0 text-faint" strokeWidth={1.75} />
      <div className="min-w-0 grow">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="min-w-0 wrap-anywhere">{name}</span>
          {isThisOne && <span className="text-xs text-done">this browser</span>}
        </p>
        {now !== 0 && (
          <p className="text-xs text-muted">
            added {ago(createdAt, now)} · {reached}
          </p>
        )}
        {failure !== null && <p className="text-xs text-failed">{failure}</p>}
      </div>
      <Button size="small" look="quiet" disabled={isBusy} aria-label={`Remove ${name}`} onClick={remove}>
        Remove
      </Button>
    </div>
  );
}

function ago(at: number, now: number): string {
  const text = age(Math.max(0, now - at));
  return text === "now" ? "just now" : `${text} ago`;
}
