import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { totalTokens, type UsageTotal } from "@trunkline/contract";
import { useTRPCClient } from "../api/trpc.ts";
import { useModels } from "../models/use-models.ts";
import { now } from "../network/clock.ts";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";
import { money } from "../sessions/session-words.ts";
import { compactCount, grouped, plural } from "../text/quantity.ts";
import { contextOf, currentModel, sessionTokens } from "./session-facts.ts";

/** The longest period that one report covers. */
const MAX_MS = 400 * 86_400_000;

/** How full the context is, and what the session used and cost, by the server's ledger. */
export function SessionUsage() {
  const client = useTRPCClient();
  const { sessionId } = useCurrentSession();
  const createdAt = useSessionState(({ session }) => session?.createdAt ?? null);
  // A new total is asked for after each call of a model, not with each event.
  const lastStep = useSessionState(({ view }) => view.stepEnded?.seq ?? 0);
  // A sum of what happens to be loaded would grow while somebody reads back.
  const known = useSessionState((state) => (state.older === "none" ? sessionTokens(state) : 0));
  const { data } = useQuery({
    queryKey: ["session-usage", sessionId, lastStep],
    queryFn: ({ signal }) => {
      const from = Math.max(createdAt ?? 0, now() - MAX_MS);
      return client.usage.query.query({ by: "session", sessionId, from }, { signal });
    },
    enabled: createdAt !== null,
    placeholderData: keepPreviousData,
  });
  const total = data?.total;
  if (total === undefined || total.steps === 0) {
    // Offline, or an agent that reports nothing to the ledger.
    return known > 0 ? <span>{compactCount(known)} tokens</span> : null;
  }
  return (
    <>
      <ContextGauge />
      <span data-hint={inWords(total)}>
        <span className="sr-only">{inWords(total)}</span>
        <span aria-hidden>
          {compactCount(total.inputTokens)} in
          {total.cachedInputTokens > 0 && ` (${compactCount(total.cachedInputTokens)} cached)`} ·{" "}
          {compactCount(total.outputTokens)} out
        </span>
      </span>
      {total.unpricedSteps < total.steps && (
        <span className="tabular-nums" data-hint="Cost of this session">
          {money(total.costUsd)}
          {total.unpricedSteps > 0 && "+"}
        </span>
      )}
    </>
  );
}

function inWords({ inputTokens, cachedInputTokens, outputTokens, steps }: UsageTotal): string {
  return `${plural(steps, "model call")}: ${grouped(inputTokens)} tokens in, of which ${grouped(cachedInputTokens)} from the cache; ${grouped(outputTokens)} out`;
}

/** How much of the model's context the last call took. Nothing where its size is unknown. */
function ContextGauge() {
  const usage = useSessionState(contextOf);
  const model = useSessionState(currentModel);
  const { data } = useModels();
  const size = data?.models.find(({ name }) => name === model)?.contextTokens ?? null;
  if (usage === null || size === null) return null;
  const used = totalTokens(usage);
  const part = Math.min(1, used / size);
  const words = `Context: ${compactCount(used)} of ${compactCount(size)} tokens (${Math.round(part * 100)}%)`;
  return (
    <span data-hint={words} className="flex items-center gap-1.5">
      <meter
        aria-label="Context"
        min={0}
        max={size}
        value={Math.min(used, size)}
        aria-valuetext={words}
        className="sr-only"
      />
      <span aria-hidden className="h-1.5 w-12 overflow-hidden rounded-full bg-selected">
        <span
          style={{ width: `${part * 100}%` }}
          className={part >= 0.85 ? "block h-full bg-waits" : "block h-full bg-accent"}
        />
      </span>
      {Math.round(part * 100)}%
    </span>
  );
}
