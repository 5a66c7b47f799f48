import { useQuery } from "@tanstack/react-query";
import type { RetentionReport } from "@trunkline/contract";
import { TriangleAlert } from "lucide-react";
import { useTRPC } from "../api/trpc.ts";
import { age } from "../text/duration.ts";
import { bytes } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { moment } from "../text/time.ts";
import { Button } from "../ui/button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useNowByMinute } from "../ui/use-now.ts";
import { Fact, Note, Section } from "./section.tsx";

const DAYS_AHEAD = 30;

/** For admins: which sessions the server removes by policy. */
export function RetentionSection() {
  const trpc = useTRPC();
  const report = useQuery(trpc.server.retention.queryOptions({ days: DAYS_AHEAD }));
  return (
    <Section title="Retention">
      {report.isPending && <Skeleton className="m-4 h-20" />}
      {report.isError && (
        <div role="alert" className="flex items-center gap-3 px-4 py-2.5 text-sm text-muted">
          <span className="grow">Couldn't load retention. {report.error.message}</span>
          <Button size="small" onClick={() => void report.refetch()}>
            Retry
          </Button>
        </div>
      )}
      {report.data !== undefined && <Report {...report.data} />}
    </Section>
  );
}

function Report({ policy, hold, usedBytes, items, omitted }: RetentionReport) {
  if (policy === null) return <Note>Off. Sessions stay until somebody deletes them.</Note>;
  const rules = [
    ["Archived sessions", policy.archivedDays],
    ["All sessions", policy.idleDays],
  ] as const;
  return (
    <>
      {rules.map(([name, days]) => (
        <Fact key={name} name={name}>
          {days === null ? "Kept" : `Removed after ${days} ${days === 1 ? "day" : "days"} without activity`}
        </Fact>
      ))}
      {policy.maxBytes !== null && usedBytes !== null && (
        <Fact name="Size of all sessions">
          {bytes(usedBytes)} of {bytes(policy.maxBytes)}; above it, those idle for longest are removed
        </Fact>
      )}
      <Fact name="Unpublished work">{policy.unpublished === "keep" ? "Kept" : "Discarded"}</Fact>
      {hold !== null && (
        <p className="flex gap-2 px-4 py-2.5 text-sm text-waits">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" strokeWidth={1.75} />
          <span>
            On hold until {moment(hold.until)}: the clock jumped by {age(hold.gapMs)}, or no server ran. Check
            the server's clock.
          </span>
        </p>
      )}
      {items.length === 0 ? (
        <Note>No session goes in the next {DAYS_AHEAD} days.</Note>
      ) : (
        <RetiringSessions items={items} omitted={omitted} />
      )}
    </>
  );
}

function RetiringSessions({ items, omitted }: Pick<RetentionReport, "items" | "omitted">) {
  const now = useNowByMinute();
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-sm">
        <caption className="sr-only">Sessions that go in the next {DAYS_AHEAD} days</caption>
        <thead className="text-left text-xs text-muted">
          <tr className="border-b border-line">
            {["Session", "Owner", "Idle", "Goes"].map((name) => (
              <th key={name} scope="col" className="py-2 pr-4 font-medium first:pl-4">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map(({ sessionId, ownerName, ownerId, lastActivityAt, removeAt, kept }) => (
            <tr key={sessionId} className="hover:bg-hover">
              <th
                scope="row"
                translate="no"
                className="py-1.5 pr-4 pl-4 text-left font-mono text-xs font-normal"
              >
                {sessionId}
              </th>
              <td className="max-w-32 truncate py-1.5 pr-4">{revealHidden(ownerName ?? ownerId)}</td>
              <td className="py-1.5 pr-4 whitespace-nowrap text-muted">
                {now === 0 ? "" : age(now - lastActivityAt)}
              </td>
              <td className="py-1.5 pr-4 whitespace-nowrap">
                {kept === null ? (
                  removeAt > now ? (
                    <span title={moment(removeAt)}>in {age(removeAt - now)}</span>
                  ) : (
                    "now"
                  )
                ) : (
                  <span className="text-muted">
                    {kept === "busy" ? "Kept: task running" : "Kept: unpublished work"}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {omitted > 0 && <Note>{omitted} more.</Note>}
    </div>
  );
}
