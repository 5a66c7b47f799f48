import { useLayoutEffect, useRef } from "react";
import { EARLY_ROWS_ID, earlyRowsOf } from "../session-stream/early-session.ts";
import { Skeleton } from "../ui/skeleton.tsx";

/** The newest rows' text if it is known before the app is (session-stream/early-session.ts), else a placeholder for it, at the end. */
export function TranscriptSkeleton() {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const rows = earlyRowsOf(location.pathname);
    if (rows !== null) place.current?.replaceChildren(rows);
  }, []);
  return (
    <div
      aria-hidden
      className="relative mx-auto flex min-h-0 w-full max-w-[808px] grow basis-0 flex-col justify-end overflow-hidden px-6 max-md:px-4"
    >
      <div
        ref={place}
        id={EARLY_ROWS_ID}
        // From the top if there is room for all, else up to the end.
        className="peer absolute inset-x-0 bottom-0 min-h-full px-6 pt-10 pb-13 empty:hidden max-md:px-4"
        // oxlint-disable-next-line react/no-danger -- nothing: React leaves alone what is put there before it comes
        dangerouslySetInnerHTML={{ __html: "" }}
      />
      <div className="flex flex-col gap-3 pb-6 peer-[:not(:empty)]:hidden">
        <Skeleton className="h-11 w-full rounded-lg" />
        <Skeleton className="h-4 w-3/4" />
        <Skeleton className="h-4 w-2/3" />
        <Skeleton className="h-7 w-full" />
        <Skeleton className="h-4 w-1/2" />
      </div>
    </div>
  );
}
