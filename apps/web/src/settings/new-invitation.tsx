import { moment } from "../text/time.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import type { InvitedPerson } from "./invite-person.ts";
import { placed } from "../navigation/base-path.ts";

/** The link of a new invitation, shown only once. */
export function NewInvitation({ invited, close }: { invited: InvitedPerson; close: () => void }) {
  const { name, invitation } = invited;
  const link = `${window.location.origin}${placed("/invite")}?code=${invitation.code}`;
  return (
    <output className="block bg-waits-soft px-4 py-3 text-sm">
      <p>
        Send this link to <span className="font-medium">{name}</span>. It works once, until{" "}
        {moment(invitation.expiresAt)}. Copy it now — you won't see it again.
      </p>
      <div className="mt-2 flex items-center gap-2">
        <code className="min-w-0 grow rounded-md border border-line bg-background px-2.5 py-1.5 font-mono text-code break-all select-all">
          {link}
        </code>
        <CopyButton text={link} label="Copy link" />
        <Button size="small" onClick={close}>
          Done
        </Button>
      </div>
    </output>
  );
}
