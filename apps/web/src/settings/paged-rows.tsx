import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { Note } from "./section.tsx";

interface PagedList {
  isPending: boolean;
  isSuccess: boolean;
  error: Error | null;
  hasNextPage: boolean;
  fetchNextPage(): Promise<unknown>;
}

/** The rows of a list that is read in pages, or why there are none yet. */
export function PagedRows({
  list,
  what,
  children,
}: {
  list: PagedList;
  what: string;
  children: ReactNode[];
}) {
  return (
    <>
      {list.error !== null && (
        <Note>
          Couldn't load {what}. {list.error.message}
        </Note>
      )}
      {list.isPending && <Note>Loading…</Note>}
      {list.isSuccess && children.length === 0 && <Note>No {what}</Note>}
      {children}
      {list.hasNextPage && (
        <div className="px-4 py-2">
          <Button look="quiet" size="small" onClick={() => void list.fetchNextPage()}>
            Show older
          </Button>
        </div>
      )}
    </>
  );
}
