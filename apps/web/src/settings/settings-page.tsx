"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../api/trpc.ts";
import { signOut } from "../auth/sign-out.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/problem.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { BudgetsSection } from "./budgets-section.tsx";
import { UsageSection } from "./usage-section.tsx";
import { KEPT } from "./kept.ts";
import { Fact, Section } from "./section.tsx";
import { McpSection } from "./mcp-section.tsx";
import { ModelsSection } from "./models-section.tsx";
import { NotificationsSection } from "./notifications-section.tsx";
import { ProjectsSection } from "./projects-section.tsx";
import { RetentionSection } from "./retention-section.tsx";
import { RulesSection } from "./rules-section.tsx";
import { PeopleSection } from "./people-section.tsx";
import { ServerSections } from "./server-sections.tsx";
import { SingleKeysChoice } from "./single-keys-choice.tsx";
import { ThemeChoice } from "./theme-choice.tsx";
import { TokensSection } from "./tokens-section.tsx";

/** Appearance, access tokens and server information. */
export function SettingsPage() {
  const trpc = useTRPC();
  const info = useQuery(trpc.server.info.queryOptions(undefined, { staleTime: 60_000 }));
  const me = useQuery(trpc.user.me.queryOptions(undefined, KEPT));
  const isAdmin = me.data?.scopes.includes("admin") === true;
  return (
    <>
      <PageHeader>
        <span className="text-sm font-medium">Settings</span>
      </PageHeader>
      <main className="min-h-0 grow overflow-y-auto">
        <div className="mx-auto w-full max-w-[728px] px-6 py-8 max-md:px-4">
          <h1 className="sr-only">Settings</h1>
          {me.data !== undefined && (
            <Section title="Account">
              <Fact name="Signed in as">
                <span className="flex flex-wrap items-center gap-2">
                  <span className="min-w-0 grow truncate">{me.data.name}</span>
                  <Button size="small" onClick={() => void signOut()}>
                    Sign out
                  </Button>
                </span>
              </Fact>
            </Section>
          )}
          <Section title="Appearance">
            <Fact name="Theme">
              <ThemeChoice />
            </Fact>
          </Section>
          <Section title="Keyboard">
            <Fact name="Single keys">
              <SingleKeysChoice />
            </Fact>
          </Section>
          <NotificationsSection />
          <ProjectsSection />
          <ModelsSection />
          <UsageSection isAdmin={isAdmin} />
          <BudgetsSection isAdmin={isAdmin} />
          <McpSection />
          <RulesSection />
          <TokensSection />
          {me.data !== undefined && isAdmin && <PeopleSection me={me.data.userId} />}
          {isAdmin && <RetentionSection />}
          {info.data !== undefined && <ServerSections info={info.data} />}
          {info.isPending && <Skeleton className="mt-8 h-60 w-full rounded-lg" />}
          {info.isError && (
            <Problem
              title="Couldn't load the server's settings"
              detail={info.error.message}
              action={<Button onClick={() => void info.refetch()}>Retry</Button>}
            />
          )}
        </div>
      </main>
    </>
  );
}
