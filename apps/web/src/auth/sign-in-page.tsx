import { Button } from "../ui/button.tsx";

/** In place of everything, where the server does not know who is asking. */
export function SignInPage() {
  return (
    <main className="flex h-full items-center justify-center overflow-auto px-6 py-12">
      <div className="w-full max-w-110">
        <p className="text-sm font-medium text-muted">Trunkline</p>
        <h1 className="mt-1 text-xl font-semibold tracking-tight">Sign in to see your sessions</h1>
        <p className="mt-2 text-muted">
          This browser is not signed in, or its sign-in has expired. Open the link that the server printed
          when it started, or get a new one on the machine that it runs on:
        </p>
        <pre className="mt-4 overflow-x-auto rounded-lg border border-line bg-surface px-3.5 py-2.5 font-mono text-code">
          trunkline login
        </pre>
        <p className="mt-3 text-sm text-muted">
          Starting the server again with <code className="font-mono text-code text-text">npm start</code>{" "}
          prints one, too. A link works once, for ten minutes. Tasks that run go on meanwhile.
        </p>
        <Button look="primary" className="mt-5" onClick={() => window.location.reload()}>
          I am signed in, try again
        </Button>
      </div>
    </main>
  );
}
