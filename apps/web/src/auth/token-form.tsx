import { type SubmitEvent, useState } from "react";
import { Button } from "../ui/button.tsx";
import { signInWithToken } from "./sign-in-with-token.ts";

/** Sign-in with a token instead of a link. */
export function TokenForm() {
  const [token, setToken] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const signIn = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setIsBusy(true);
    setProblem(null);
    try {
      await signInWithToken(token.trim());
      // Reload the requested page, now signed in.
      window.location.reload();
    } catch (error) {
      setProblem((error as Error).message);
      setIsBusy(false);
    }
  };
  return (
    <form aria-label="Sign in with a token" onSubmit={(event) => void signIn(event)} className="mt-2">
      <div className="flex gap-2">
        <input
          type="password"
          name="token"
          autoComplete="current-password"
          spellCheck={false}
          required
          value={token}
          aria-label="Token"
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? undefined : "token-problem"}
          placeholder="tl_…"
          onChange={(event) => setToken(event.target.value)}
          className="h-9 min-w-0 grow rounded-lg border border-line-strong bg-background px-3 font-mono text-code outline-none placeholder:text-faint focus:border-accent max-md:text-[16px]"
        />
        <Button type="submit" look="primary" className="h-9 px-3.5" disabled={isBusy || token.trim() === ""}>
          Sign in
        </Button>
      </div>
      {problem !== null && (
        <p id="token-problem" role="alert" className="mt-2 text-sm text-failed">
          {problem}
        </p>
      )}
    </form>
  );
}
