import { useMutation } from "@tanstack/react-query";
import type { CreatedToken } from "@trunkline/contract";
import { useEffect, useRef, useState } from "react";
import { inDays } from "../network/clock.ts";
import { createToken, type CreateTokenInput } from "./create-token.ts";
import { GRANT_FIELD, GrantForm } from "./grant-form.tsx";

const LIFETIMES = [
  { days: 7, words: "In 7 days" },
  { days: 30, words: "In 30 days" },
  { days: 365, words: "In a year" },
  { days: 0, words: "Never" },
];

interface NewTokenFormProps {
  /** Scope of the caller's own token, the maximum for a new one. */
  most: readonly string[];
  onCreated: (created: CreatedToken) => void;
  close: () => void;
}

/** Name, scope and expiry of a new token. */
export function NewTokenForm({ most, onCreated, close }: NewTokenFormProps) {
  const [name, setName] = useState("");
  const [days, setDays] = useState(30);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const create = useMutation({
    mutationFn: async ({ confirmation, ...input }: CreateTokenInput & { confirmation: string }) =>
      createToken(input, confirmation),
    onSuccess: onCreated,
  });
  return (
    <GrantForm
      label="New token"
      scopeLabel="Scope"
      most={most}
      confirmWith="one of your tokens"
      submitWords="Create"
      isReady={name.trim() !== ""}
      isBusy={create.isPending}
      error={create.error}
      close={close}
      submit={(granted) => {
        const expiresAt = days === 0 ? undefined : inDays(days);
        return create.mutateAsync({
          ...granted,
          name: name.trim(),
          ...(expiresAt !== undefined && { expiresAt }),
        });
      }}
      after={
        <select
          value={days}
          aria-label="Expires"
          onChange={(event) => setDays(Number(event.target.value))}
          className={GRANT_FIELD}
        >
          {LIFETIMES.map((lifetime) => (
            <option key={lifetime.days} value={lifetime.days}>
              {lifetime.words}
            </option>
          ))}
        </select>
      }
    >
      <input
        ref={field}
        required
        maxLength={100}
        value={name}
        aria-label="Name"
        autoComplete="off"
        placeholder="Name"
        onChange={(event) => setName(event.target.value)}
        className={`${GRANT_FIELD} min-w-40 grow placeholder:text-faint`}
      />
    </GrantForm>
  );
}
