import dynamic from "next/dynamic";
import { useEffect } from "react";
import { useIsWide } from "../ui/use-is-wide.ts";
import { restoreInspector, useInspector } from "./inspector-state.ts";

const InspectorTabs = dynamic(async () => (await import("./inspector-tabs.tsx")).InspectorTabs, {
  ssr: false,
});
const InspectorSheet = dynamic(async () => (await import("./inspector-sheet.tsx")).InspectorSheet, {
  ssr: false,
});

/** Beside the transcript where there is room for it, and a sheet over it where there is not. Loaded when it is opened. */
export function Inspector({ goTo }: { goTo: (seq: number) => void }) {
  const { isOpen, close } = useInspector();
  const isWide = useIsWide();
  useEffect(restoreInspector, []);
  if (!isOpen) return null;
  if (!isWide) return <InspectorSheet close={close} goTo={goTo} />;
  return (
    <aside aria-label="Inspector" className="flex w-105 shrink-0 flex-col border-l border-line">
      <InspectorTabs goTo={goTo} />
    </aside>
  );
}
