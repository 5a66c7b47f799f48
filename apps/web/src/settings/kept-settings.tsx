import { Activity, useEffect, useRef, useState } from "react";
import { SettingsPage } from "./settings-page.tsx";
import { useUnsavedGuard } from "./use-unsaved-guard.ts";

/** What would be lost with the page: a form, or a secret that is shown once. */
const OPEN = "form, output";

/** The settings, with what is being written in them for as long as the page lives. Hidden, they ask the server for nothing. */
export function KeptSettings({ isShown }: { isShown: boolean }) {
  const frame = useRef<HTMLDivElement>(null);
  const [isKept, setIsKept] = useState(true);
  if (isShown && !isKept) setIsKept(true);
  useEffect(() => {
    // Only what is on the page tells.
    if (!isShown && frame.current?.querySelector(OPEN) === null) setIsKept(false);
  }, [isShown]);
  useUnsavedGuard(frame);
  return (
    <div ref={frame} className="contents">
      {(isShown || isKept) && (
        <Activity mode={isShown ? "visible" : "hidden"}>
          <SettingsPage />
        </Activity>
      )}
    </div>
  );
}
