import { Composer } from "../composer/composer.tsx";
import { outbox } from "../outbox/use-outbox.ts";
import { TranscriptSkeleton } from "../transcript/transcript-skeleton.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

/**
 * The session's page while it loads, in its final layout. Its message box works already: what is typed between two
 * pages would be lost otherwise.
 */
export function SessionSkeleton({ sessionId }: { sessionId: string }) {
  return (
    <>
      <PageHeader>
        <Skeleton className="size-3.5 rounded-full" />
        <Skeleton className="h-3.5 w-48" />
      </PageHeader>
      <main aria-busy aria-label="Loading the session" className="flex min-h-0 grow flex-col">
        <TranscriptSkeleton />
        <div className="mx-auto w-full max-w-[808px] px-6 pb-4 max-md:px-2 max-md:pb-2">
          <Composer
            place={sessionId}
            placeholder="Ask for follow-up changes"
            submit={({ text, files }, how) => void outbox.send(text, sessionId, { how, files })}
            isBusy={false}
            stop={null}
            completion={{ sessionId, commands: [] }}
          />
        </div>
      </main>
    </>
  );
}
