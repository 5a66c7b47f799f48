import type { RedactEvent, Redactor } from "./port.ts";
import { redactCredentials } from "./redact-credentials.ts";

/**
 * Events worded by the server from messages of providers and libraries. All others contain what users, models and tools
 * wrote: there an address with a password may be exactly what was asked for, so only the server's own secrets are
 * redacted.
 */
const OWN_WORDS = new Set(["task.failed", "task.input-required", "notice"]);

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

  return (event) => {
    const data = mapTexts(event.data, OWN_WORDS.has(event.type) ? redactOwnWords : redactText);
    return data === event.data ? event : { ...event, data };
  };
}

/** @returns the value itself if nothing changes */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => mapTexts(item, change));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  let changed = false;
  const entries = Object.entries(value).map(([key, item]) => {
    const entry = [change(key), mapTexts(item, change)] as const;
    changed ||= entry[0] !== key || entry[1] !== item;
    return entry;
  });
  return changed ? Object.fromEntries(entries) : value;
}
