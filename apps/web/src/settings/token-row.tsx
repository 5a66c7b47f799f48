import type { Token } from "@trunkline/contract";
import { Globe, KeyRound } from "lucide-react";
import { useState } from "react";
import { age } from "../text/duration.ts";
import { moment } from "../text/time.ts";
import { Button } from "../ui/button.tsx";
import { useNowByMinute } from "../ui/use-now.ts";

interface TokenRowProps {
  token: Token;
  /** Whether this browser is signed in with it. */
  isThisOne: boolean;
  isBusy: boolean;
  revoke: () => void;
}

/** A token's name, scope and expiry. Revoking takes two clicks: it can't be undone. */
export function TokenRow({ token, isThisOne, isBusy, revoke }: TokenRowProps) {
  const [isAsking, setIsAsking] = useState(false);
  const now = useNowByMinute();
  const Icon = token.kind === "browser" ? Globe : KeyRound;
  const facts = [
    token.scopes.at(-1) ?? "no rights",
    now === 0 ? "" : lastUsed(token, now),
    token.expiresAt === null ? "never expires" : `expires ${moment(token.expiresAt)}`,
  ].filter((fact) => fact !== "");
  return (
    <div className="flex items-center gap-3 px-4 py-2.5 text-sm">
      <Icon aria-hidden className="size-4 shrink-0 text-faint" strokeWidth={1.75} />
      <div className="min-w-0 grow">
        <p className="truncate">
          {token.name}
          {isThisOne && <span className="ml-2 text-xs text-done">this browser</span>}
        </p>
        <p className="truncate text-xs text-muted">{facts.join(" · ")}</p>
      </div>
      {isAsking ? (
        <span className="flex shrink-0 gap-1">
          <Button size="small" look="danger" disabled={isBusy} onClick={revoke}>
            {isThisOne ? "Revoke and sign out" : "Revoke token"}
          </Button>
          <Button size="small" look="quiet" onClick={() => setIsAsking(false)}>
            Cancel
          </Button>
        </span>
      ) : (
        <Button
          size="small"
          look="quiet"
          aria-label={`Revoke ${token.name}`}
          onClick={() => setIsAsking(true)}
        >
          Revoke
        </Button>
      )}
    </div>
  );
}

function lastUsed({ lastUsedAt }: Token, now: number): string {
  if (lastUsedAt === null) return "never used";
  const ago = age(Math.max(0, now - lastUsedAt));
  return ago === "now" ? "used just now" : `used ${ago} ago`;
}
