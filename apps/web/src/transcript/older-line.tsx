import { memo } from "react";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";
import { Button } from "../ui/button.tsx";

/** On top, while there are older events. */
export const OlderLine = memo(function OlderLine() {
  const session = useCurrentSession();
  const older = useSessionState((state) => state.older);
  if (older === "none") return null;
  return (
    <div className="absolute inset-x-0 top-0 flex h-10 items-center justify-center text-xs text-faint">
      {older === "failed" ? (
        <Button size="small" onClick={() => void session.readOlder()}>
          Couldn't load earlier events. Retry
        </Button>
      ) : (
        "Loading earlier events…"
      )}
    </div>
  );
});
