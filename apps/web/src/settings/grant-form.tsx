import type { Invitation } from "@trunkline/contract";
import { type ReactNode, type SubmitEvent, useRef, useState } from "react";
import { Button } from "../ui/button.tsx";

type Scope = Invitation["scope"];

const SCOPES: readonly { value: Scope; words: string }[] = [
  { value: "read", words: "Read only" },
  { value: "write", words: "Read and run" },
  { value: "admin", words: "Admin" },
];

/** Of the form's fields, which stand in a row. */
export const GRANT_FIELD =
  "h-8 rounded-md border border-line-strong bg-background px-2 text-sm max-md:text-[16px]";

interface GrantFormProps {
  label: string;
  /** What the choice of scope is called here. */
  scopeLabel: string;
  /** Scopes that may be given; absent: all. */
  most?: readonly string[];
  /** Which token confirms it. */
  confirmWith: string;
  submitWords: string;
  /** Whether what comes before the scope is filled in. */
  isReady: boolean;
  isBusy: boolean;
  error: Error | null;
  /** Fields before the scope, and after it. */
  children: ReactNode;
  after?: ReactNode;
  submit: (granted: { scope: Scope; confirmation: string }) => Promise<unknown>;
  close: () => void;
}

/** Lets somebody or something in: what it may do, confirmed by a token, because a browser's sign-in alone can't. */
export function GrantForm(props: GrantFormProps) {
  const { most, isReady, isBusy, error } = props;
  const [chosen, setScope] = useState<Scope>("write");
  const scopes = SCOPES.filter(({ value }) => most === undefined || most.includes(value));
  // What is shown is what is given, whatever the token that confirms it could give.
  const scope = scopes.find(({ value }) => value === chosen)?.value ?? scopes.at(-1)?.value ?? "read";
  const [confirmation, setConfirmation] = useState("");
  /** A second Enter comes before `isBusy` is rendered, and would let in twice. */
  const isUnderway = useRef(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (isUnderway.current) return;
    isUnderway.current = true;
    const end = (): void => void (isUnderway.current = false);
    props.submit({ scope, confirmation: confirmation.trim() }).then(end, end);
  };
  return (
    <form aria-label={props.label} onSubmit={submit} className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        {props.children}
        <select
          value={scope}
          aria-label={props.scopeLabel}
          onChange={(event) =>
            setScope(SCOPES.find(({ value }) => value === event.target.value)?.value ?? "write")
          }
          className={GRANT_FIELD}
        >
          {scopes.map(({ value, words }) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
        {props.after}
        <input
          type="password"
          required
          value={confirmation}
          aria-label="Confirm with a token"
          autoComplete="current-password"
          spellCheck={false}
          placeholder={`Confirm with ${props.confirmWith} (tl_…)`}
          onChange={(event) => setConfirmation(event.target.value)}
          className={`${GRANT_FIELD} min-w-64 grow font-mono placeholder:font-sans placeholder:text-faint`}
        />
        <Button type="submit" look="primary" disabled={isBusy || !isReady || confirmation.trim() === ""}>
          {props.submitWords}
        </Button>
        <Button look="quiet" onClick={props.close}>
          Cancel
        </Button>
      </div>
      {error !== null && (
        <p role="alert" className="mt-2 text-sm text-failed">
          {error.message}
        </p>
      )}
    </form>
  );
}
