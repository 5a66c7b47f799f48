import type { RedactEvent, Redactor } from "./port.ts";
import { redactCredentials } from "./redact-credentials.ts";

/**
 * Events worded by the server from messages of providers and libraries. All others contain what users, models and tools
 * wrote: there an address with a password may be exactly what was asked for, so only the server's own secrets are
 * redacted.
 */
const OWN_WORDS = new Set(["task.failed", "task.input-required", "notice"]);

/** Names that git has to find again. Where the server makes one of a prompt's words, a secret among them goes as elsewhere. */
const GIT_NAMES = new Set(["branch", "baseRef"]);
const MAKES_BRANCH = new Set(["session.created", "session.forked"]);

/** Shorter texts contain no known secret: most pieces end here. */
const MIN_SECRET_LENGTH = 8;

/**
 * The one place that redacts what will be stored. Every text of an event is searched, including field names, in linear
 * time. Half a surrogate pair, which providers refuse for as long as it is in the history, becomes U+FFFD.
 *
 * A secret split over several pieces (`text.delta`) is not found in them: they only go live to the session's owner, and
 * the end event, which replaces them, holds the whole text and is redacted.
 */
export function createEventRedactor({ redact }: Redactor): RedactEvent {
  const redactText = (text: string): string => {
    const whole = text.toWellFormed();
    return whole.length < MIN_SECRET_LENGTH ? whole : redact(whole);
  };
  const redactOwnWords = (text: string): string => redactText(redactCredentials(text));

  // Brackets can't be in a branch's name.
  const redactBranch = (name: string): string => redact(name).replaceAll(/[[\]]/g, "");

  return (event) => {
    const redacted = mapTexts(event.data, OWN_WORDS.has(event.type) ? redactOwnWords : redactText);
    const data = keepGitNames(event, redacted, MAKES_BRANCH.has(event.type) ? redactBranch : undefined);
    return data === event.data ? event : { ...event, data };
  };
}

/** @param redactBranch absent: it is git's already */
function keepGitNames(
  { data }: { data: unknown },
  redacted: unknown,
  redactBranch = (name: string): string => name,
): unknown {
  if (redacted === data || typeof data !== "object" || data === null) return redacted;
  const kept = Object.entries(data).flatMap(([key, value]): [string, string][] =>
    GIT_NAMES.has(key) && typeof value === "string"
      ? [[key, key === "branch" ? redactBranch(value) : value]]
      : [],
  );
  return kept.length === 0 ? redacted : { ...(redacted as object), ...Object.fromEntries(kept) };
}

/** @returns the value itself if nothing changes: nearly always, so nothing is made before it is known */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  return changes(value, change) ? changedTexts(value, change) : value;
}

function changes(value: unknown, change: (text: string) => string): boolean {
  if (typeof value === "string") return change(value) !== value;
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => changes(item, change));
  for (const key in value) {
    if (change(key) !== key || changes((value as Record<string, unknown>)[key], change)) return true;
  }
  return false;
}

function changedTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => changedTexts(item, change));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [change(key), changedTexts(item, change)]),
  );
}
