import type { TrunklineClient } from "@trunkline/client";
import { pathIn } from "../navigation/base-path.ts";

/** Events loaded when a session is opened. */
export const FIRST_PAGE_SIZE = 200;
/** Query for the page at the end of the log. */
export const END = Number.MAX_SAFE_INTEGER;

/** What the page's first script asked for, and what it shows of it, before the app is there. */
export interface EarlySession {
  sessionId: string;
  /** The batch's answers; null where there are none. */
  answers: Promise<readonly { result?: { data?: unknown } }[] | null>;
  rows: HTMLElement | null;
}

const page = globalThis as { earlySession?: EarlySession | undefined };

type Detail = Awaited<ReturnType<TrunklineClient["session"]["get"]["query"]>>;
type Page = Awaited<ReturnType<TrunklineClient["session"]["events"]["query"]>>;

/** @returns what was asked for early, once; null if nothing was, or if it was refused: asking again tells why. */
export async function takeEarlySession(sessionId: string): Promise<[Detail, Page] | null> {
  const early = page.earlySession;
  if (early?.sessionId !== sessionId) return null;
  const { answers } = early;
  early.answers = Promise.resolve(null);
  const [detail, events] = (await answers)?.map(({ result }) => result?.data) ?? [];
  return detail === undefined || events === undefined ? null : [detail as Detail, events as Page];
}

/** @returns the newest rows as plain text, for where the transcript will be; null if there are none of this address. */
export function earlyRowsOf(pathname: string): HTMLElement | null {
  const early = page.earlySession;
  return early !== undefined && pathIn(pathname) === `/s/${early.sessionId}` ? early.rows : null;
}

export function forgetEarlyRows(): void {
  delete page.earlySession;
}

/** Where the rows go (transcript/transcript-skeleton.tsx). */
export const EARLY_ROWS_ID = "early-rows";
