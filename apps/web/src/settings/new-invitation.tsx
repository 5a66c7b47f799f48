import { placed } from "../navigation/base-path.ts";
import { moment } from "../text/time.ts";
import { ShownOnce } from "../ui/shown-once.tsx";
import type { InvitedPerson } from "./invite-person.ts";

/** The link of a new invitation, shown only once. */
export function NewInvitation({ invited, close }: { invited: InvitedPerson; close: () => void }) {
  const { name, invitation } = invited;
  const link = `${window.location.origin}${placed("/invite")}?code=${invitation.code}`;
  return (
    <ShownOnce secret={link} copyLabel="Copy link" close={close}>
      Send this link to <span className="font-medium">{name}</span>. It works once, until{" "}
      {moment(invitation.expiresAt)}.
    </ShownOnce>
  );
}
