import type { Share } from "@trunkline/contract";
import { Link2 } from "lucide-react";
import { age } from "../text/duration.ts";
import { moment } from "../text/time.ts";
import { Button } from "../ui/button.tsx";
import { useNowByMinute } from "../ui/use-now.ts";

/** A link: since when, until when, and whether anybody has opened it. */
export function ShareRow({ share, isBusy, revoke }: { share: Share; isBusy: boolean; revoke: () => void }) {
  const now = useNowByMinute();
  const { createdAt, expiresAt, lastUsedAt } = share;
  return (
    <li className="flex items-center gap-3 px-4 py-2.5 text-sm">
      <Link2 aria-hidden className="size-4 shrink-0 text-faint" strokeWidth={1.75} />
      <div className="min-w-0 grow">
        <p>{expiresAt === null ? "Never expires" : `Expires ${moment(expiresAt)}`}</p>
        <p className="text-xs text-muted">
          Created {moment(createdAt)} · {now === 0 ? "" : opened(lastUsedAt, now)}
        </p>
      </div>
      <Button size="small" look="danger" disabled={isBusy} onClick={revoke}>
        Revoke
      </Button>
    </li>
  );
}

function opened(at: number | null, now: number): string {
  if (at === null) return "not opened yet";
  const ago = age(Math.max(0, now - at));
  return ago === "now" ? "opened just now" : `opened ${ago} ago`;
}
