import type { RetentionReport } from "@trunkline/contract";
import type { RetiringSession } from "../../store/port.ts";
import type { Rule } from "./candidates.ts";

export type RetentionPolicy = NonNullable<RetentionReport["policy"]>;

/** The rule by which a session goes. */
export type RetentionReason = RetentionReport["items"][number]["reason"];

export const DAY_MS = 86_400_000;

/** Sessions that something happened in since are never removed for their size, in ms. */
const TOUCHED_MS = DAY_MS;

/** By which sessions go for the size of all, one after the other: archived ones first. */
export function sizeRules(now: number): Rule[] {
  const before = now - TOUCHED_MS;
  return [
    { archivedBefore: before, idleBefore: null },
    { archivedBefore: null, idleBefore: before },
  ];
}

/** Sessions without activity since then are to go, if archived and if not; null: none of those. */
export function cutoffs({ archivedDays, idleDays }: RetentionPolicy, now: number): Rule {
  const before = (days: number | null): number | null => (days === null ? null : now - days * DAY_MS);
  return { archivedBefore: before(archivedDays), idleBefore: before(idleDays) };
}

/** The rule by which a session goes first, and when. */
export function dueBy(
  { archivedDays, idleDays }: RetentionPolicy,
  { isArchived, lastAt }: Pick<RetiringSession, "isArchived" | "lastAt">,
): { reason: "archived" | "idle"; removeAt: number } {
  const isForArchived =
    isArchived && archivedDays !== null && (idleDays === null || archivedDays <= idleDays);
  const days = isForArchived ? archivedDays : (idleDays ?? Number.POSITIVE_INFINITY);
  return { reason: isForArchived ? "archived" : "idle", removeAt: lastAt + days * DAY_MS };
}
