import { useMutation } from "@tanstack/react-query";
import type { Invitation, User } from "@trunkline/contract";
import { useEffect, useRef, useState } from "react";
import { GRANT_FIELD, GrantForm } from "./grant-form.tsx";
import { invitePerson, type InvitedPerson } from "./invite-person.ts";

interface InviteFormProps {
  /** Null: somebody new. */
  user: User | null;
  onInvited: (invited: InvitedPerson) => void;
  close: () => void;
}

/** Who is to join, and what they may do. */
export function InviteForm({ user, onInvited, close }: InviteFormProps) {
  const [name, setName] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const isBack = user !== null && user.removedAt !== null;
  const invite = useMutation({
    mutationFn: async ({ scope, confirmation }: { scope: Invitation["scope"]; confirmation: string }) => {
      const who = user === null || isBack ? { name: user?.name ?? name.trim(), restore: isBack } : { user };
      return invitePerson(who, scope, confirmation);
    },
    onSuccess: onInvited,
  });
  return (
    <GrantForm
      label={user === null ? "New person" : `Invite ${user.name}`}
      scopeLabel="Role"
      confirmWith="your admin token"
      submitWords="Create invitation"
      isReady={user !== null || name.trim() !== ""}
      isBusy={invite.isPending}
      error={invite.error}
      close={close}
      submit={invite.mutateAsync}
    >
      {user === null ? (
        <input
          required
          ref={field}
          maxLength={64}
          pattern="[a-z0-9][a-z0-9._@\-]*"
          title="Lower-case letters, digits, '.', '_', '-' and '@'"
          value={name}
          aria-label="Name"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="Name, such as ada"
          onChange={(event) => setName(event.target.value)}
          className={`${GRANT_FIELD} min-w-40 grow placeholder:text-faint`}
        />
      ) : (
        <span className="min-w-0 grow truncate text-sm font-medium">{user.name}</span>
      )}
    </GrantForm>
  );
}
