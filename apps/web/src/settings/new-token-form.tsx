import { useMutation } from "@tanstack/react-query";
import type { CreatedToken } from "@trunkline/contract";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { now } from "../network/clock.ts";
import { Button } from "../ui/button.tsx";
import { createToken, type CreateTokenInput } from "./create-token.ts";

const DAY_MS = 24 * 3_600_000;
const SCOPES = [
  { value: "read", words: "Read only" },
  { value: "write", words: "Read and run" },
  { value: "admin", words: "Admin" },
] as const;
const LIFETIMES = [
  { days: 7, words: "In 7 days" },
  { days: 30, words: "In 30 days" },
  { days: 365, words: "In a year" },
  { days: 0, words: "Never" },
];
const FIELD = "h-8 rounded-md border border-line-strong bg-background px-2 text-sm max-md:text-[16px]";

interface NewTokenFormProps {
  /** Scope of the caller's own token, the maximum for a new one. */
  most: readonly string[];
  onCreated: (created: CreatedToken) => void;
  close: () => void;
}

/** Name, scope and expiry of a new token. */
export function NewTokenForm({ most, onCreated, close }: NewTokenFormProps) {
  const [name, setName] = useState("");
  const [scope, setScope] = useState<(typeof SCOPES)[number]["value"]>("write");
  const [days, setDays] = useState(30);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const [confirmation, setConfirmation] = useState("");
  const create = useMutation({
    mutationFn: async (input: CreateTokenInput) => createToken(input, confirmation.trim()),
    onSuccess: onCreated,
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const expiresAt = days === 0 ? undefined : now() + days * DAY_MS;
    create.mutate({ name: name.trim(), scope, ...(expiresAt !== undefined && { expiresAt }) });
  };
  return (
    <form aria-label="New token" onSubmit={submit} className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <input
          ref={field}
          required
          maxLength={100}
          value={name}
          aria-label="Name"
          autoComplete="off"
          placeholder="Name"
          onChange={(event) => setName(event.target.value)}
          className={`${FIELD} min-w-40 grow placeholder:text-faint`}
        />
        <select
          value={scope}
          aria-label="Scope"
          onChange={(event) => setScope(event.target.value as typeof scope)}
          className={FIELD}
        >
          {SCOPES.filter(({ value }) => most.includes(value)).map(({ value, words }) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
        <select
          value={days}
          aria-label="Expires"
          onChange={(event) => setDays(Number(event.target.value))}
          className={FIELD}
        >
          {LIFETIMES.map((lifetime) => (
            <option key={lifetime.days} value={lifetime.days}>
              {lifetime.words}
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
          placeholder="Confirm with one of your tokens (tl_…)"
          onChange={(event) => setConfirmation(event.target.value)}
          className={`${FIELD} min-w-64 grow font-mono placeholder:font-sans placeholder:text-faint`}
        />
        <Button
          type="submit"
          look="primary"
          disabled={create.isPending || name.trim() === "" || confirmation.trim() === ""}
        >
          Create
        </Button>
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
      </div>
      {create.isError && (
        <p role="alert" className="mt-2 text-sm text-failed">
          {create.error.message}
        </p>
      )}
    </form>
  );
}
