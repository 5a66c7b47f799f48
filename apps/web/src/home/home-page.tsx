"use client";

import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { useTRPC } from "../api/trpc.ts";
import { draftOf } from "../composer/draft.ts";
import { WaitingChips } from "../composer/waiting-chips.tsx";
import { navigate } from "../navigation/navigate.ts";
import { outbox, useOutbox } from "../outbox/use-outbox.ts";
import { ProjectChoice } from "../projects/project-choice.tsx";
import { useProjects } from "../projects/use-projects.ts";
import { startOf, useChoice } from "../projects/workspace-choice.ts";
import { Composer, type ComposerHandle } from "../composer/composer.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { type Example, examplesFor } from "./examples.ts";
import { RunningSessions } from "./running-sessions.tsx";

/** Start page: the first prompt of a new session. */
export function HomePage() {
  const trpc = useTRPC();
  const composer = useRef<ComposerHandle>(null);
  const info = useQuery(trpc.server.info.queryOptions(undefined, { staleTime: Infinity }));
  const waiting = useOutbox().filter(({ sessionId }) => sessionId === null);
  const projects = useProjects();
  const chosen = useChoice();
  const start = (prompt: string): void => {
    // While the session is being created, further prompts belong to it.
    const first = outbox.messages
      .getState()
      .findLast((message) => message.sessionId === null && message.follows === null && !message.isWaiting);
    const delivered = outbox.send(prompt, null, {
      follows: first?.idempotencyKey ?? null,
      start: first === undefined ? startOf(projects.data, chosen) : {},
    });
    if (first !== undefined) return;
    void delivered.then(({ sessionId }) => {
      // Don't navigate a user who has gone elsewhere meanwhile.
      if (window.location.pathname !== "/") return;
      const begun = draftOf("new").text();
      draftOf("new").write("");
      if (begun.trim() !== "") draftOf(sessionId).giveBack(begun);
      navigate(`/s/${sessionId}`);
    });
  };
  return (
    <>
      <PageHeader>
        <span className="text-sm font-medium">New task</span>
      </PageHeader>
      <main className="min-h-0 grow overflow-y-auto">
        <div className="mx-auto w-full max-w-[728px] px-6 pt-[max(3rem,14dvh)] pb-10 max-md:px-3 max-md:pt-8">
          <h1 className="mb-4 text-xl font-semibold tracking-tight max-md:px-1">What needs doing?</h1>
          <WaitingChips messages={waiting} />
          <Composer
            place="new"
            handle={composer}
            placeholder="Describe a task. It keeps running if you close this page."
            submit={start}
            stop={null}
            isBusy={false}
          >
            {info.data === undefined
              ? null
              : info.data.demo
                ? "Demo model (no API key set)"
                : info.data.model}
          </Composer>
          <div className="mt-1.5">
            <ProjectChoice />
          </div>
          <section aria-label="Examples" className="mt-2 grid grid-cols-2 gap-2 max-sm:grid-cols-1">
            {info.data === undefined
              ? [1, 2, 3, 4].map((place) => <Skeleton key={place} className="h-15 rounded-lg" />)
              : examplesFor(info.data).map((example) => (
                  <ExampleButton
                    key={example.title}
                    example={example}
                    use={(text) => composer.current?.fill(text)}
                  />
                ))}
          </section>
          <RunningSessions />
        </div>
      </main>
    </>
  );
}

function ExampleButton({ example, use }: { example: Example; use: (prompt: string) => void }) {
  return (
    <button
      type="button"
      onClick={() => use(example.prompt)}
      className="h-15 min-w-0 rounded-lg border border-line px-3.5 text-left transition-colors hover:border-line-strong hover:bg-hover"
    >
      <span className="block truncate text-sm font-medium">{example.title}</span>
      <span className="block truncate font-mono text-xs text-muted">{example.prompt}</span>
    </button>
  );
}
