import { useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import type { ComposerHandle } from "../composer/composer.tsx";
import { closeFind, find, openFind } from "../find/find-state.ts";
import { Inspector } from "../inspector/inspector.tsx";
import { useInspector } from "../inspector/inspector-state.ts";
import { useKeys } from "../keys/on-key.ts";
import { markSeen } from "../sessions/seen.ts";
import { useSetPageTitle } from "../sessions/page-title.ts";
import { useSessionState } from "../session-stream/use-open-session.ts";
import type { TranscriptItem } from "../transcript/items.ts";
import { createExpansion, ExpansionContext } from "../transcript/expansion.ts";
import type { TranscriptHandle } from "../transcript/transcript.tsx";
import { TranscriptSkeleton } from "../transcript/transcript-skeleton.tsx";
import { FindBar, Transcript } from "../shell/later-parts.tsx";
import { ErrorBoundary } from "../ui/error-boundary.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Announcements } from "./announcements.tsx";
import { Dock } from "./dock.tsx";
import { sessionTitle } from "./session-facts.ts";
import { NarrowDetails, SessionHeader } from "./session-header.tsx";
import { useEndsSeen } from "./use-ends-seen.ts";

/**
 * A session: header, transcript, dock, inspector. While it loads, header and transcript have placeholders; the dock is the
 * same one all along: its message box works from the start, and what it holds and has the focus of is never made anew.
 */
export function SessionScreen({ sessionId }: { sessionId: string }) {
  const isKnown = useSessionState(({ session }) => session !== null);
  const [expansion] = useState(createExpansion);
  const transcript = useRef<TranscriptHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const title = useSessionState(sessionTitle);
  const { toggle } = useInspector();
  useSetPageTitle(title);
  const isFinding = useStore(find, ({ isOpen }) => isOpen);
  // Another session is another search.
  useEffect(() => () => find.setState({ isOpen: false }), []);
  useEndsSeen(sessionId, markSeen);
  useKeys({
    j: () => transcript.current?.step(1),
    k: () => transcript.current?.step(-1),
    "]": () => transcript.current?.stepTurn(1),
    "[": () => transcript.current?.stepTurn(-1),
    g: () => transcript.current?.toEnd(),
    e: () => toggleCurrent(transcript.current?.current() ?? null),
    // By key, one goes where it leads; the header's button keeps the focus.
    i: () => toggle("enter"),
    f: openFind,
    "mod+shift+f": openFind,
    "/": () => composer.current?.focus(),
  });
  return (
    <ExpansionContext value={expansion}>
      {isKnown ? (
        <>
          <SessionHeader />
          <NarrowDetails />
        </>
      ) : (
        <HeaderSkeleton />
      )}
      <div className="flex min-h-0 grow">
        <main
          aria-busy={!isKnown || undefined}
          aria-label={isKnown ? undefined : "Loading the session"}
          className="relative flex min-w-0 grow flex-col"
        >
          {isFinding && (
            <ErrorBoundary fallback={() => null} onError={closeFind}>
              <FindBar transcript={transcript} />
            </ErrorBoundary>
          )}
          {isKnown ? <Transcript handle={transcript} empty={EMPTY} /> : <TranscriptSkeleton />}
          <Dock sessionId={sessionId} composer={composer} />
          {isKnown && <Announcements />}
        </main>
        {isKnown && <Inspector goTo={(seq) => transcript.current?.toEvent(seq)} />}
      </div>
    </ExpansionContext>
  );
}

const EMPTY = <p className="px-6 pt-16 text-center text-muted">No messages yet.</p>;

function HeaderSkeleton() {
  return (
    <PageHeader>
      <Skeleton className="size-3.5 rounded-full" />
      <Skeleton className="h-3.5 w-48" />
    </PageHeader>
  );
}

/** Expands or collapses the item, like a click on its line. */
function toggleCurrent(item: TranscriptItem | null): void {
  if (item === null || item.seq === null) return;
  document.querySelector<HTMLButtonElement>(`#e-${item.seq} button[aria-expanded]`)?.click();
}
