import { addCounts } from "@trunkline/contract";
import type { UsageQuery, UsageReport, UsageRow, UsageService, UsageTotal } from "@trunkline/contract";
import type { Store, UsageOf, UsageSum } from "../store/port.ts";
import { requireAdmin, requireSessionAccess } from "./ownership.ts";
import { requireOwnProject } from "./project-access.ts";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 400;
/** The ledger is read so many days at a time, so that no report holds up others. */
const SLICE_DAYS = 7;
/** Rows of which the names are looked up at once. */
const NAMES = 100;

export function createUsageService({ store, now }: { store: Store; now: () => number }): UsageService {
  return {
    async query(principal, input) {
      const { by, limit, sessionId, projectId, everybody, utcOffsetMinutes } = input;
      if (everybody) requireAdmin(principal);
      if (sessionId !== undefined) await requireSessionAccess(store, principal, sessionId);
      if (projectId !== undefined) await requireOwnProject(store, principal, projectId);
      const { from, to } = rangeOf(input, now());
      let of: UsageOf = { ownerId: principal.userId };
      if (everybody) of = "everybody";
      if (sessionId !== undefined) of = { sessionId };
      if (projectId !== undefined) of = { projectId };

      const rows = new Map<string | null, UsageSum>();
      const offsetMs = utcOffsetMinutes * 60_000;
      for (const slice of slices(from, to, by === "day" ? 1 : SLICE_DAYS, offsetMs)) {
        for (const sum of await store.usage.sums(of, slice, by === "day" ? "all" : by)) {
          if (sum.steps === 0) continue;
          const key = by === "day" ? new Date(slice.from + offsetMs).toISOString().slice(0, 10) : sum.key;
          rows.set(key, { ...add(rows.get(key) ?? NOTHING, sum), key });
        }
        await new Promise(setImmediate);
      }
      const sorted = by === "day" ? [...rows.values()] : [...rows.values()].toSorted(mostFirst);
      const shown = by === "day" ? sorted : sorted.slice(0, limit);
      const labels = await labelsOf(store, principal.userId, by, shown);
      const items = shown.map(({ key, ...sums }): UsageRow => {
        return { key, label: (key === null ? undefined : labels.get(key)) ?? null, ...sums };
      });
      return {
        from,
        to,
        items,
        omitted: sorted.length - shown.length,
        total: sorted.reduce<UsageTotal>(add, NOTHING),
      } satisfies UsageReport;
    },
  };
}

const NOTHING: UsageTotal = {
  steps: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  costUsd: 0,
  unpricedSteps: 0,
};

function add(a: UsageTotal, b: UsageTotal): UsageTotal {
  return {
    steps: a.steps + b.steps,
    inputTokens: addCounts(a.inputTokens, b.inputTokens),
    outputTokens: addCounts(a.outputTokens, b.outputTokens),
    cachedInputTokens: addCounts(a.cachedInputTokens, b.cachedInputTokens),
    costUsd: a.costUsd + b.costUsd,
    unpricedSteps: a.unpricedSteps + b.unpricedSteps,
  };
}

/** Of equal ones, engines have no order of their own: the key decides, also on what is left out. */
function mostFirst(a: UsageSum, b: UsageSum): number {
  const tokens = (row: UsageTotal): number => row.inputTokens + row.outputTokens;
  const [first, second] = [a.key ?? "", b.key ?? ""];
  return b.costUsd - a.costUsd || tokens(b) - tokens(a) || Number(first > second) - Number(first < second);
}

function rangeOf(input: UsageQuery, now: number): { from: number; to: number } {
  // What is committed at this very moment is part of it.
  const to = input.to ?? now + 1;
  const from = input.from ?? Math.max(0, to - DEFAULT_DAYS * DAY_MS);
  return { from: Math.max(from, to - MAX_DAYS * DAY_MS), to };
}

function* slices(
  from: number,
  to: number,
  days: number,
  offsetMs: number,
): Generator<{ from: number; to: number }, void> {
  for (let start = from; start < to;) {
    const dayStart = Math.floor((start + offsetMs) / DAY_MS) * DAY_MS - offsetMs;
    const end = Math.min(dayStart + days * DAY_MS, to);
    yield { from: start, to: end };
    start = end;
  }
}

/** Titles and names of what the caller may know: their own sessions, and whoever an admin sees. */
async function labelsOf(
  store: Store,
  ownerId: string,
  by: UsageQuery["by"],
  rows: readonly UsageSum[],
): Promise<Map<string, string>> {
  const ids = rows.flatMap(({ key }) => key ?? []);
  const labels = new Map<string, string>();
  if (by === "session") {
    for (let at = 0; at < ids.length; at += NAMES) {
      const sessions = await store.sessions.several(ownerId, ids.slice(at, at + NAMES));
      for (const { id, title } of sessions) labels.set(id, title);
    }
  }
  if (by !== "user" && by !== "project") return labels;
  for (const id of ids) {
    const named = by === "user" ? await store.users.find(id) : await store.projects.find(id);
    if (named !== undefined) labels.set(id, named.name);
  }
  return labels;
}
