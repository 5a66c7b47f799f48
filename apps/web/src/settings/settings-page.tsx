"use client";

import { useQuery } from "@tanstack/react-query";
import type { ServerInfo } from "@trunkline/contract";
import type { ReactNode } from "react";
import { useTRPC } from "../api/trpc.ts";
import { PageHeader } from "../shell/page-header.tsx";
import { bytes } from "../text/quantity.ts";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/problem.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { ThemeChoice } from "./theme-choice.tsx";

/** How it looks here, and what the server is like. */
export function SettingsPage() {
  const trpc = useTRPC();
  const info = useQuery(trpc.server.info.queryOptions(undefined, { staleTime: 60_000 }));
  return (
    <>
      <PageHeader>
        <span className="text-sm font-medium">Settings</span>
      </PageHeader>
      <main className="min-h-0 grow overflow-y-auto">
        <div className="mx-auto w-full max-w-[728px] px-6 py-8 max-md:px-4">
          <h1 className="sr-only">Settings</h1>
          <Section title="Appearance">
            <Fact name="Theme">
              <ThemeChoice />
            </Fact>
          </Section>
          {info.data !== undefined && <ServerSections info={info.data} />}
          {info.isPending && <Skeleton className="mt-8 h-60 w-full rounded-lg" />}
          {info.isError && (
            <Problem
              title="The server's settings could not be loaded"
              detail={info.error.message}
              action={<Button onClick={() => void info.refetch()}>Try again</Button>}
            />
          )}
        </div>
      </main>
    </>
  );
}

function ServerSections({ info }: { info: ServerInfo }) {
  return (
    <>
      <Section title="Model">
        <Fact name="Default">
          <code className="font-mono text-code">{info.model}</code>
        </Fact>
        {info.demo && (
          <p className="px-4 py-2.5 text-sm text-muted">
            No provider key is set, so a scripted demo model answers. Set one on the server, such as{" "}
            <code className="font-mono text-code text-text">ANTHROPIC_API_KEY</code>,{" "}
            <code className="font-mono text-code text-text">OPENAI_API_KEY</code> or{" "}
            <code className="font-mono text-code text-text">OPENAI_BASE_URL</code>, and start it again.
          </p>
        )}
      </Section>
      <Section title="Tools">
        {info.tools.map((tool) => (
          <Fact key={tool.name} name={tool.name} isCode>
            {tool.description}
          </Fact>
        ))}
      </Section>
      <Section title="Server">
        <Fact name="Version">{info.version}</Fact>
        <Fact name="Tasks at once">{info.limits.concurrency}</Fact>
        <Fact name="Longest prompt">{info.limits.maxPromptLength.toLocaleString("en")} characters</Fact>
        <Fact name="Largest request">{bytes(info.limits.maxBodyBytes)}</Fact>
      </Section>
    </>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="mb-8">
      <h2 className="mb-2 text-sm font-medium">{title}</h2>
      <div className="divide-y divide-line rounded-lg border border-line">{children}</div>
    </section>
  );
}

function Fact({ name, isCode = false, children }: { name: string; isCode?: boolean; children: ReactNode }) {
  return (
    <div className="flex items-baseline gap-4 px-4 py-2.5 text-sm max-sm:flex-col max-sm:gap-1">
      <span className={isCode ? "w-36 shrink-0 font-mono text-code" : "w-36 shrink-0 text-muted"}>
        {name}
      </span>
      <div className={isCode ? "min-w-0 grow text-muted" : "min-w-0 grow"}>{children}</div>
    </div>
  );
}
