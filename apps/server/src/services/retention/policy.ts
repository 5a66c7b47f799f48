import type { RetentionReport } from "@trunkline/contract";
import type { RetiringSession } from "../../store/port.ts";

export type RetentionPolicy = NonNullable<RetentionReport["policy"]>;

export const DAY_MS = 86_400_000;

/** Sessions without activity since then are to go, if archived and if not; null: none of those. */
export function cutoffs({ archivedDays, idleDays }: RetentionPolicy, now: number) {
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
