import { type ReactNode, useEffect } from "react";
import { watchFocusMoves } from "../keys/focus-moves.ts";
import { watchServerTime } from "../network/clock.ts";
import { HintLayer, SharedPage, Toaster } from "../shell/later-parts.tsx";
import { ErrorBoundary } from "../ui/error-boundary.tsx";
import { Button } from "../ui/button.tsx";
import { watchDoubleClicks } from "../ui/one-click.ts";
import { Problem } from "../ui/problem.tsx";

const WATCHES = [watchFocusMoves, watchServerTime, watchDoubleClicks];

function pageProblem(error: Error, retry: () => void): ReactNode {
  return (
    <main className="grow">
      <Problem
        title="Something went wrong"
        detail={error.message}
        action={<Button onClick={retry}>Reload</Button>}
      />
    </main>
  );
}

/** Around a shared session: nothing of whoever may be signed in here, and no call on their behalf. */
export function SharedShell({ sessionId }: { sessionId: string }) {
  useEffect(() => {
    const ends = WATCHES.map((watch) => watch());
    return () => {
      for (const end of ends) end();
    };
  }, []);
  return (
    <div className="flex h-dvh flex-col">
      <ErrorBoundary fallback={pageProblem}>
        <SharedPage sessionId={sessionId} />
      </ErrorBoundary>
      <HintLayer />
      <ErrorBoundary fallback={() => null}>
        <Toaster />
      </ErrorBoundary>
    </div>
  );
}
