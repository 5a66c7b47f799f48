import { useEffect } from "react";
import { InspectorSheet, InspectorTabs, ResizeHandle } from "../shell/later-parts.tsx";
import { Button } from "../ui/button.tsx";
import { ErrorBoundary } from "../ui/error-boundary.tsx";
import { Problem } from "../ui/problem.tsx";
import { isWide, useIsWide } from "../ui/use-is-wide.ts";
import { leaveInspector, restoreInspector, useInspector } from "./inspector-state.ts";

/** Beside the transcript if there is room, otherwise a sheet over it. */
export function Inspector({ goTo }: { goTo: (seq: number) => void }) {
  const { isOpen, width, close } = useInspector();
  const hasRoom = useIsWide();
  useEffect(() => restoreInspector(isWide()), []);
  if (!isOpen) return null;
  const broken = (error: Error, retry: () => void) => (
    <Problem
      title="Couldn't show the inspector"
      detail={error.message}
      action={
        <span className="flex gap-2">
          <Button onClick={retry}>Retry</Button>
          <Button look="quiet" onClick={close}>
            Close
          </Button>
        </span>
      }
    />
  );
  if (!hasRoom) {
    return (
      <ErrorBoundary fallback={() => null} onError={close}>
        <InspectorSheet close={close} goTo={goTo} />
      </ErrorBoundary>
    );
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of what is within
    <aside
      aria-label="Inspector"
      data-inspector
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        close();
        leaveInspector();
      }}
      style={{ width: `min(${width}px, 50vw)` }}
      className="relative flex shrink-0 flex-col border-l border-line"
    >
      <ResizeHandle />
      <ErrorBoundary fallback={broken}>
        <InspectorTabs goTo={goTo} />
      </ErrorBoundary>
    </aside>
  );
}
