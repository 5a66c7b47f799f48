import { Skeleton } from "../ui/skeleton.tsx";

/** Placeholder for the newest rows, at the end. */
export function TranscriptSkeleton() {
  return (
    <div
      aria-hidden
      className="mx-auto flex min-h-0 w-full max-w-[808px] grow flex-col justify-end gap-3 overflow-hidden px-6 pb-6 max-md:px-4"
    >
      <Skeleton className="h-11 w-full rounded-lg" />
      <Skeleton className="h-4 w-3/4" />
      <Skeleton className="h-4 w-2/3" />
      <Skeleton className="h-7 w-full" />
      <Skeleton className="h-4 w-1/2" />
    </div>
  );
}
