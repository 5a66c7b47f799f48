import type { ClockRecord } from "../../store/port.ts";
import { DAY_MS } from "./policy.ts";

/** A server that is off for a night has not jumped in time. */
const MAX_GAP_MS = DAY_MS;
/** The longest time that somebody has to set the clock right, or to notice. */
const MAX_HOLD_MS = 7 * DAY_MS;

/**
 * A clock far ahead makes every session look old, and it looks the same as a server that was off for as long. So after a gap
 * between two looks at the clock nothing is removed for as long as the gap was, up to a week, in which the time goes steadily.
 * @param before what was noted at the last look @param now ms since the epoch
 */
export function lookAtClock(before: ClockRecord, now: number): ClockRecord {
  const gapMs = Math.abs(now - before.seenAt);
  if (gapMs > MAX_GAP_MS) {
    const latest = now + MAX_HOLD_MS;
    // One that had begun before a clock was set back could end years from now.
    const heldUntil = Math.max(Math.min(before.heldUntil ?? 0, latest), Math.min(now + gapMs, latest));
    return { seenAt: now, heldUntil, gapMs };
  }
  const isHeld = before.heldUntil !== null && before.heldUntil > now;
  return { ...(isHeld ? before : { heldUntil: null, gapMs: null }), seenAt: now };
}

/** @returns null if the clock is trusted */
export function holdAt(
  { heldUntil, gapMs }: ClockRecord,
  now: number,
): { until: number; gapMs: number } | null {
  return heldUntil === null || heldUntil <= now ? null : { until: heldUntil, gapMs: gapMs ?? 0 };
}
