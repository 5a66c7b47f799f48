import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { UsageRow, UsageTotal } from "@trunkline/contract";
import { useState } from "react";
import { useTRPC } from "../api/trpc.ts";
import { AppLink } from "../navigation/app-link.tsx";
import { money } from "../sessions/session-words.ts";
import { compactCount, grouped } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { Button } from "../ui/button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Note, Section } from "./section.tsx";
import { cachedShare, dayRange, minutesAheadOfUtc } from "./usage-words.ts";

const GROUPS = [
  ["day", "By day"],
  ["session", "By session"],
  ["model", "By model"],
  ["project", "By project"],
  ["user", "By user"],
] as const;
const PERIODS = [7, 30, 90, 365] as const;
const MAX_ROWS = 50;
const SELECT = "h-7 rounded-md border border-line bg-background px-2 text-xs max-md:h-9 max-md:text-[16px]";

/** What model calls used and cost. */
export function UsageSection({ isAdmin }: { isAdmin: boolean }) {
  const trpc = useTRPC();
  const [by, setBy] = useState<(typeof GROUPS)[number][0]>("day");
  const [days, setDays] = useState<(typeof PERIODS)[number]>(30);
  const [everybody, setEverybody] = useState(false);
  // To the minute: the same period is the same query.
  const range = dayRange(days);
  const report = useQuery(
    trpc.usage.query.queryOptions(
      { by, everybody, limit: MAX_ROWS, utcOffsetMinutes: minutesAheadOfUtc(), ...range },
      { placeholderData: keepPreviousData },
    ),
  );
  const action = (
    <span className="flex flex-wrap justify-end gap-1">
      {isAdmin && (
        <label className="flex items-center gap-1.5 pr-1 text-xs text-muted">
          <input
            type="checkbox"
            checked={everybody}
            onChange={(event) => setEverybody(event.target.checked)}
            className="size-3.5 accent-accent"
          />
          All users
        </label>
      )}
      <select
        value={by}
        aria-label="Group usage"
        onChange={(event) => setBy(event.target.value as typeof by)}
        className={SELECT}
      >
        {GROUPS.filter(([value]) => value !== "user" || everybody).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      <select
        value={days}
        aria-label="Period"
        onChange={(event) => setDays(Number(event.target.value) as typeof days)}
        className={SELECT}
      >
        {PERIODS.map((count) => (
          <option key={count} value={count}>
            Last {count} days
          </option>
        ))}
      </select>
    </span>
  );
  return (
    <Section title="Usage" action={action}>
      {report.isPending && <Skeleton className="m-4 h-40" />}
      {report.isError && (
        <div role="alert" className="flex items-center gap-3 px-4 py-2.5 text-sm text-muted">
          <span className="grow">Couldn't load usage. {report.error.message}</span>
          <Button size="small" onClick={() => void report.refetch()}>
            Retry
          </Button>
        </div>
      )}
      {report.data !== undefined &&
        (report.data.total.steps === 0 ? (
          <Note>No model calls in this period.</Note>
        ) : (
          <UsageTable
            by={by}
            items={by === "day" ? report.data.items.filter(({ steps }) => steps > 0) : report.data.items}
            total={report.data.total}
            omitted={report.data.omitted}
          />
        ))}
    </Section>
  );
}

interface UsageTableProps {
  by: (typeof GROUPS)[number][0];
  items: readonly UsageRow[];
  total: UsageTotal;
  omitted: number;
}

const NUMBER = "py-1.5 pr-4 text-right text-muted";

function UsageTable({ by, items, total, omitted }: UsageTableProps) {
  return (
    <div className="overflow-x-auto">
      <table translate="no" className="w-full text-sm tabular-nums">
        <thead className="text-xs text-muted">
          <tr className="border-b border-line">
            <th scope="col" className="py-2 pl-4 text-left font-medium capitalize">
              {by}
            </th>
            {["Calls", "In", "Cached", "Out", "Cost"].map((name) => (
              <th key={name} scope="col" className="py-2 pr-4 text-right font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((row) => (
            <tr key={row.key ?? ""} className="hover:bg-hover">
              <th scope="row" dir="auto" className="max-w-56 truncate py-1.5 pl-4 text-left font-normal">
                {by === "session" && row.key !== null && row.label !== null ? (
                  <AppLink href={`/s/${row.key}`} className="hover:underline">
                    {revealHidden(row.label)}
                  </AppLink>
                ) : (
                  revealHidden(row.label ?? row.key ?? "None")
                )}
              </th>
              <Figures sums={row} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="border-t border-line font-medium">
            <th scope="row" className="py-2 pl-4 text-left font-medium">
              Total
            </th>
            <Figures sums={total} />
          </tr>
        </tfoot>
      </table>
      {omitted > 0 && <Note>{omitted} more are in the total.</Note>}
      {total.unpricedSteps > 0 && (
        <Note>
          The price of {grouped(total.unpricedSteps)} of {grouped(total.steps)} calls is unknown: the real
          cost may be higher.
        </Note>
      )}
    </div>
  );
}

function Figures({ sums }: { sums: UsageTotal }) {
  return (
    <>
      <td className={NUMBER}>{grouped(sums.steps)}</td>
      <td className={NUMBER}>{compactCount(sums.inputTokens)}</td>
      <td className={NUMBER}>{cachedShare(sums)}</td>
      <td className={NUMBER}>{compactCount(sums.outputTokens)}</td>
      <td className="py-1.5 pr-4 text-right">
        {sums.unpricedSteps === sums.steps && sums.steps > 0 ? "–" : money(sums.costUsd)}
      </td>
    </>
  );
}
