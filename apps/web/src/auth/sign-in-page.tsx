import { useEffect } from "react";
import { Button } from "../ui/button.tsx";
import { pageKey } from "./page-user.ts";
import { TokenForm } from "./token-form.tsx";

/** Replaces the page if the user is not signed in. */
export function SignInPage() {
  useEffect(() => {
    const refused = pageKey();
    // Its user has signed in again, in another tab.
    const look = (): void => {
      if (pageKey() !== refused) window.location.reload();
    };
    window.addEventListener("storage", look);
    return () => window.removeEventListener("storage", look);
  }, []);
  return (
    <main className="flex h-full items-center justify-center overflow-auto px-6 py-12">
      <div className="w-full max-w-110">
        <p className="text-sm font-medium text-muted">Trunkline</p>
        <h1 className="mt-1 text-xl font-semibold tracking-tight">Sign in to see your sessions</h1>
        <p className="mt-2 text-muted">
          This browser is not signed in, or its session has expired. Your drafts are saved; unsaved changes to
          settings are not. Running tasks are not affected.
        </p>
        <h2 className="mt-6 font-medium">Sign in with a token</h2>
        <TokenForm />
        <h2 className="mt-6 font-medium">Sign in from the server</h2>
        <p className="mt-1 text-muted">
          Open the link that the server printed when it started, or get a new one on that machine. A link
          works once, for ten minutes.
        </p>
        <pre className="mt-2 overflow-x-auto rounded-lg border border-line bg-surface px-3.5 py-2.5 font-mono text-code">
          trunkline login
        </pre>
        <Button className="mt-4" onClick={() => window.location.reload()}>
          Check again
        </Button>
      </div>
    </main>
  );
}
