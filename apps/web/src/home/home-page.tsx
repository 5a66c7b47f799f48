"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef } from "react";
import { useTRPC } from "../api/trpc.ts";
import { Composer, type ComposerHandle } from "../composer/composer.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { type Example, examplesFor } from "./examples.ts";
import { RunningSessions } from "./running-sessions.tsx";

/** Where a task begins. */
export function HomePage() {
  const trpc = useTRPC();
  const router = useRouter();
  const composer = useRef<ComposerHandle>(null);
  const info = useQuery(trpc.server.info.queryOptions(undefined, { staleTime: Infinity }));
  const submit = useMutation(trpc.task.submit.mutationOptions());
  const start = async (prompt: string, idempotencyKey: string): Promise<void> => {
    const { sessionId } = await submit.mutateAsync({ prompt, idempotencyKey });
    router.push(`/s/${sessionId}`);
  };
  return (
    <>
      <PageHeader>
        <span className="text-sm font-medium">New task</span>
      </PageHeader>
      <main className="min-h-0 grow overflow-y-auto">
        <div className="mx-auto w-full max-w-[728px] px-6 pt-[max(3rem,14dvh)] pb-10 max-md:px-3 max-md:pt-8">
          <h1 className="mb-4 text-xl font-semibold tracking-tight max-md:px-1">What needs doing?</h1>
          <Composer
            place="new"
            handle={composer}
            takesFocus
            placeholder="Describe a task. It runs on the server, whatever becomes of this page."
            submit={start}
            stop={null}
          >
            {info.data === undefined
              ? null
              : info.data.demo
                ? "Demo model, scripted: it needs no key"
                : info.data.model}
          </Composer>
          <section aria-label="Examples" className="mt-3 grid grid-cols-2 gap-2 max-sm:grid-cols-1">
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
