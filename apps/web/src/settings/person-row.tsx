import type { User } from "@trunkline/contract";
import { UserRound, UserRoundX } from "lucide-react";
import { useState } from "react";
import { moment } from "../text/time.ts";
import { Button } from "../ui/button.tsx";
import { PersonTokens } from "./person-tokens.tsx";

interface PersonRowProps {
  user: User;
  isMe: boolean;
  isBusy: boolean;
  invite: () => void;
  remove: (deleteSessions: boolean) => void;
}

/** The user that the server creates itself; it can't be removed. */
const SERVERS_OWN = "local";

/** Somebody on this server. Removing takes two steps. */
export function PersonRow({ user, isMe, isBusy, invite, remove }: PersonRowProps) {
  const [isAsking, setIsAsking] = useState(false);
  const [deletesSessions, setDeletesSessions] = useState(false);
  const [showsTokens, setShowsTokens] = useState(false);
  const isGone = user.removedAt !== null;
  // It is done: nobody is to press it again, nor to be asked once they are back.
  if (isGone && isAsking) setIsAsking(false);
  const Icon = isGone ? UserRoundX : UserRound;
  return (
    <div className="px-4 py-2.5 text-sm">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Icon aria-hidden className="size-4 shrink-0 text-faint" strokeWidth={1.75} />
        <div className="min-w-32 grow basis-0">
          <p className="truncate">
            {user.name}
            {isMe && <span className="ml-2 text-xs text-done">you</span>}
          </p>
          <p className="truncate text-xs text-muted">
            {user.removedAt === null
              ? `since ${moment(user.createdAt)}`
              : `removed ${moment(user.removedAt)} · sessions kept`}
          </p>
        </div>
        {!isAsking && (
          <span className="flex shrink-0 gap-1">
            {!isGone && (
              <Button
                size="small"
                look="quiet"
                aria-expanded={showsTokens}
                aria-label={`Tokens of ${user.name}`}
                onClick={() => setShowsTokens(!showsTokens)}
              >
                Tokens
              </Button>
            )}
            {isGone && (
              <Button size="small" look="quiet" aria-label={`Restore ${user.name}`} onClick={invite}>
                Restore…
              </Button>
            )}
            {!isMe && !isGone && user.name !== SERVERS_OWN && (
              <Button
                size="small"
                look="quiet"
                aria-label={`Remove ${user.name}`}
                onClick={() => setIsAsking(true)}
              >
                Remove…
              </Button>
            )}
          </span>
        )}
      </div>
      {isAsking && (
        <fieldset aria-label={`Remove ${user.name}?`} className="mt-2 flex flex-wrap items-center gap-2 pl-7">
          <p className="w-full text-muted">
            Their tokens stop working and their tasks are canceled. Sessions are kept, and come back if you
            restore them.
          </p>
          <label className="flex grow items-center gap-2">
            <input
              type="checkbox"
              checked={deletesSessions}
              onChange={(event) => setDeletesSessions(event.target.checked)}
              className="size-4 accent-accent"
            />
            Also delete their sessions and files
          </label>
          <Button size="small" look="danger" disabled={isBusy} onClick={() => remove(deletesSessions)}>
            {deletesSessions ? "Remove and delete everything" : "Remove"}
          </Button>
          <Button size="small" look="quiet" onClick={() => setIsAsking(false)}>
            Cancel
          </Button>
        </fieldset>
      )}
      {showsTokens && <PersonTokens user={user} invite={invite} />}
    </div>
  );
}
