"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useLayoutEffect, useRef } from "react";
import { DEFAULT_AGENT } from "../agents/agent-name.ts";
import { useAgentCommand } from "../agents/agent-command.ts";
import { AgentSelect } from "../agents/agent-select.tsx";
import { chooseNewSessionAgent, useNewSessionAgent } from "../agents/new-session-agent.ts";
import { useTRPC } from "../api/trpc.ts";
import { draftOf, type Written } from "../composer/draft.ts";
import { WaitingChips } from "../composer/waiting-chips.tsx";
import { ModelChoice } from "../models/model-choice.tsx";
import { useModelCommands } from "../models/model-commands.ts";
import { chooseNewSessionModel, modelOf, useNewSessionModel } from "../models/new-session-model.ts";
import { currentPath, navigate } from "../navigation/navigate.ts";
import { outbox, useOutbox } from "../outbox/use-outbox.ts";
import { ProjectChoice } from "../projects/project-choice.tsx";
import { useProjects } from "../projects/use-projects.ts";
import { startOf, useChoice } from "../projects/workspace-choice.ts";
import { Composer, type ComposerHandle } from "../composer/composer.tsx";
import { ErrorBoundary } from "../ui/error-boundary.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { PanelProblem } from "../ui/panel-problem.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useSessions } from "../sessions/use-sessions.ts";
import { Inbox } from "../shell/later-parts.tsx";
import { type Example, examplesFor } from "./examples.ts";
import { takeSharedText } from "./shared-text.ts";

/** Start page: the first prompt of a new session. */
export function HomePage() {
  const trpc = useTRPC();
  const composer = useRef<ComposerHandle>(null);
  const info = useQuery(trpc.server.info.queryOptions(undefined, { staleTime: Infinity }));
  const waiting = useOutbox().filter(({ sessionId }) => sessionId === null);
  const projects = useProjects();
  const chosen = useChoice();
  const chosenModel = useNewSessionModel();
  const agent = useNewSessionAgent();
  const models = useModelCommands(chosenModel, chooseNewSessionModel);
  const agents = useAgentCommand(agent, chooseNewSessionAgent);
  const commands = {
    commands: [...models.commands, ...agents.commands],
    isLoading: models.isLoading || agents.isLoading,
  };
  const { sessions, isLoading, error } = useSessions();
  const isNew = sessions.length === 0 && error === null;
  useEffect(() => void takeSharedText(), []);
  /** The session that this page began and leaves for. */
  const begun = useRef<string | null>(null);
  useLayoutEffect(
    // Not before: the page goes on taking words until the session's replaces it.
    () => () => {
      if (begun.current !== null) handOver(begun.current);
    },
    [],
  );
  const start = ({ text, files }: Written): void => {
    // Begun, but its page has not replaced this one yet.
    if (begun.current !== null) {
      void outbox.send(text, begun.current, { files });
      return;
    }
    // While the session is being created, further prompts belong to it.
    const first = outbox.messages
      .getState()
      .findLast((message) => message.sessionId === null && message.follows === null && !message.isWaiting);
    const delivered = outbox.send(text, null, {
      files,
      follows: first?.idempotencyKey ?? null,
      start:
        first === undefined
          ? { ...startOf(projects.data, chosen), ...modelOf(chosenModel), ...agentOf(agent) }
          : {},
    });
    if (first !== undefined) return;
    void delivered.then(({ sessionId }) => {
      // Don't navigate a user who has gone elsewhere meanwhile.
      if (currentPath() !== "/") return;
      begun.current = sessionId;
      navigate(`/s/${sessionId}`);
    });
  };
  return (
    <>
      <PageHeader>
        <span className="text-sm font-medium">New task</span>
      </PageHeader>
      <main className="min-h-0 grow overflow-y-auto">
        <div
          className={`mx-auto w-full max-w-[728px] px-6 pb-4 max-md:px-3 max-md:pt-8 ${isNew ? "pt-[max(3rem,14dvh)]" : "pt-10"}`}
        >
          <h1 className="mb-4 text-xl font-semibold tracking-tight max-md:px-1">What needs doing?</h1>
          <WaitingChips messages={waiting} />
          <Composer
            place="new"
            handle={composer}
            placeholder="Describe a task. It keeps running if you close this page."
            submit={start}
            stop={null}
            isBusy={false}
            completion={{ sessionId: null, commands }}
          >
            {info.data?.demo === true ? (
              "Demo model (no API key set)"
            ) : (
              <ModelChoice chosen={chosenModel} choose={chooseNewSessionModel} />
            )}
          </Composer>
          <div className="mt-1.5 flex min-h-7 flex-wrap items-center gap-x-2">
            <ProjectChoice />
            <AgentSelect value={agent} choose={chooseNewSessionAgent} />
          </div>
          {isNew && (
            <section aria-label="Examples" className="mt-2 grid grid-cols-2 gap-2 max-sm:grid-cols-1">
              {info.data === undefined || isLoading
                ? [1, 2, 3, 4].map((place) => <Skeleton key={place} className="h-15 rounded-lg" />)
                : examplesFor(info.data).map((example) => (
                    <ExampleButton
                      key={example.title}
                      example={example}
                      use={(text) => composer.current?.fill(text)}
                    />
                  ))}
            </section>
          )}
        </div>
        {!isNew && (
          <div className="mx-auto w-full max-w-[960px] px-6 pb-12 max-md:px-3">
            <ErrorBoundary fallback={inboxProblem}>
              <Inbox />
            </ErrorBoundary>
          </div>
        )}
      </main>
    </>
  );
}

/** What was typed since the first message goes to its session. */
function handOver(sessionId: string): void {
  const typed = draftOf("new").take();
  if (typed.text.trim() !== "" || typed.files.length > 0) draftOf(sessionId).giveBack(typed);
}

const inboxProblem = (error: Error, retry: () => void) => (
  <PanelProblem title="Couldn't load the inbox" error={error} retry={retry} />
);

const agentOf = (agent: string) => (agent === DEFAULT_AGENT ? {} : { agent });

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
