import { useMutation } from "@tanstack/react-query";
import type { Invitation, User } from "@trunkline/contract";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { Button } from "../ui/button.tsx";
import { invitePerson, type InvitedPerson } from "./invite-person.ts";

const SCOPES = [
  { value: "read", words: "Read only" },
  { value: "write", words: "Read and run" },
  { value: "admin", words: "Admin" },
] as const;
const FIELD = "h-8 rounded-md border border-line-strong bg-background px-2 text-sm max-md:text-[16px]";

interface InviteFormProps {
  /** Null: somebody new. */
  user: User | null;
  onInvited: (invited: InvitedPerson) => void;
  close: () => void;
}

/** Who is to join, and what they may do. */
export function InviteForm({ user, onInvited, close }: InviteFormProps) {
  const [name, setName] = useState("");
  const [scope, setScope] = useState<Invitation["scope"]>("write");
  const [confirmation, setConfirmation] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const isBack = user !== null && user.removedAt !== null;
  const invite = useMutation({
    mutationFn: async () => {
      const who = user === null || isBack ? { name: user?.name ?? name.trim(), restore: isBack } : { user };
      return invitePerson(who, scope, confirmation.trim());
    },
    onSuccess: onInvited,
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    invite.mutate();
  };
  const isNamed = user !== null || name.trim() !== "";
  return (
    <form
      aria-label={user === null ? "New person" : `Invite ${user.name}`}
      onSubmit={submit}
      className="px-4 py-3"
    >
      <div className="flex flex-wrap items-center gap-2">
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
            className={`${FIELD} min-w-40 grow placeholder:text-faint`}
          />
        ) : (
          <span className="min-w-0 grow truncate text-sm font-medium">{user.name}</span>
        )}
        <select
          value={scope}
          aria-label="Role"
          onChange={(event) =>
            setScope(SCOPES.find(({ value }) => value === event.target.value)?.value ?? "write")
          }
          className={FIELD}
        >
          {SCOPES.map(({ value, words }) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
        <input
          type="password"
          required
          value={confirmation}
          aria-label="Confirm with a token"
          autoComplete="current-password"
          spellCheck={false}
          placeholder="Confirm with your admin token (tl_…)"
          onChange={(event) => setConfirmation(event.target.value)}
          className={`${FIELD} min-w-64 grow font-mono placeholder:font-sans placeholder:text-faint`}
        />
        <Button
          type="submit"
          look="primary"
          disabled={invite.isPending || !isNamed || confirmation.trim() === ""}
        >
          Create invitation
        </Button>
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
      </div>
      {invite.isError && (
        <p role="alert" className="mt-2 text-sm text-failed">
          {invite.error.message}
        </p>
      )}
    </form>
  );
}
