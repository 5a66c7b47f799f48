import type { Session } from "@trunkline/contract";
import type { ReactNode } from "react";
import { InboxRow } from "./inbox-row.tsx";

interface InboxTableProps {
  title: string;
  sessions: readonly Session[];
  selected: ReadonlySet<string>;
  select: (id: string) => void;
  /** Id of the session that is peeked at. */
  open: string | null;
  action?: ReactNode;
}

const COLUMNS = ["Select", "Session", "Step", "Timeline", "Queued", "Cost", "Time"] as const;

/** Sessions, one per row; renders nothing if there are none. */
export function InboxTable({ title, sessions, selected, select, open, action }: InboxTableProps) {
  if (sessions.length === 0) return null;
  return (
    // Not the name that the rail's group has.
    <section aria-label={`${title} sessions`} className="mt-8">
      <div className="mb-1 flex min-h-6 items-center justify-between px-1">
        <h2 className="text-xs font-medium text-faint">
          {title} <span className="tabular-nums">{sessions.length}</span>
        </h2>
        {action}
      </div>
      <div className="overflow-hidden rounded-lg border border-line">
        <table className="w-full table-fixed border-collapse">
          <colgroup>
            <col className="w-9" />
            <col className="w-2/5 max-sm:w-auto" />
            <col className="max-sm:hidden" />
            <col className="w-28 max-md:hidden" />
            <col className="w-22 max-sm:hidden" />
            <col className="w-18" />
            <col className="w-18" />
          </colgroup>
          <thead className="sr-only">
            <tr>
              {COLUMNS.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {sessions.map((session) => (
              <InboxRow
                key={session.id}
                session={session}
                isSelected={selected.has(session.id)}
                select={() => select(session.id)}
                isOpen={open === session.id}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
