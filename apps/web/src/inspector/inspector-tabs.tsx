import { X } from "lucide-react";
import { useEffect, useRef } from "react";
import { Tabs } from "radix-ui";
import { IconButton } from "../ui/icon-button.tsx";
import { ChangesPanel } from "../changes/changes-panel.tsx";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { Files } from "../files/files.tsx";
import { type InspectorTab, takeEntry, useInspector } from "./inspector-state.ts";
import { lastPlan, Plan } from "./plan.tsx";
import { RawEvents } from "./raw-events.tsx";
import { Timeline } from "./timeline.tsx";

const TAB =
  "h-7 rounded-md px-2.5 text-sm text-muted transition-colors hover:text-text data-[state=active]:bg-selected data-[state=active]:font-medium data-[state=active]:text-text";

export function InspectorTabs({ goTo }: { goTo: (seq: number) => void }) {
  const { tab: wanted, show, close } = useInspector();
  const hasPlan = useSessionState(({ view }) => lastPlan(view.events) !== null);
  // Few agents have a plan.
  const tab = wanted === "plan" && !hasPlan ? "timeline" : wanted;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (takeEntry()) list.current?.querySelector<HTMLElement>("[aria-selected=true]")?.focus();
  }, []);
  return (
    <Tabs.Root
      value={tab}
      onValueChange={(next) => show(next as InspectorTab)}
      className="flex min-h-0 grow flex-col"
    >
      <div className="flex h-11 shrink-0 items-center justify-between border-b border-line pr-2 pl-3">
        <Tabs.List ref={list} aria-label="Inspector" className="flex gap-1">
          <Tabs.Trigger value="changes" className={TAB}>
            Changes
          </Tabs.Trigger>
          <Tabs.Trigger value="files" className={TAB}>
            Files
          </Tabs.Trigger>
          {hasPlan && (
            <Tabs.Trigger value="plan" className={TAB}>
              Plan
            </Tabs.Trigger>
          )}
          <Tabs.Trigger value="timeline" className={TAB}>
            Timeline
          </Tabs.Trigger>
          <Tabs.Trigger value="raw" className={TAB}>
            Raw
          </Tabs.Trigger>
        </Tabs.List>
        <IconButton icon={X} label="Close the inspector" onClick={close} />
      </div>
      <Tabs.Content value="changes" className="min-h-0 grow outline-none">
        <ChangesPanel />
      </Tabs.Content>
      <Tabs.Content value="files" className="min-h-0 grow outline-none">
        <Files />
      </Tabs.Content>
      <Tabs.Content value="plan" className="min-h-0 grow outline-none">
        <Plan />
      </Tabs.Content>
      <Tabs.Content value="timeline" className="min-h-0 grow outline-none">
        <Timeline goTo={goTo} />
      </Tabs.Content>
      <Tabs.Content value="raw" className="min-h-0 grow outline-none">
        <RawEvents goTo={goTo} />
      </Tabs.Content>
    </Tabs.Root>
  );
}
