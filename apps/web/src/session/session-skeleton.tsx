import { PageHeader } from "../ui/page-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { TranscriptSkeleton } from "../transcript/transcript-skeleton.tsx";

/** The session's page while it loads, in its final layout. */
export function SessionSkeleton() {
  return (
    <>
      <PageHeader>
        <Skeleton className="size-3.5 rounded-full" />
        <Skeleton className="h-3.5 w-48" />
      </PageHeader>
      <main aria-busy aria-label="Loading the session" className="flex min-h-0 grow flex-col">
        <TranscriptSkeleton />
        <div className="mx-auto w-full max-w-[808px] px-6 pb-4 max-md:px-2 max-md:pb-2">
          <Skeleton className="h-21 w-full rounded-xl" />
        </div>
      </main>
    </>
  );
}
