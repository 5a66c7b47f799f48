import type { RedactEvent, Redactor } from "./port.ts";
import { redactCredentials } from "./redact-credentials.ts";

/**
 * Events that the server words itself, out of what providers and libraries said. Others hold what users, models and tools
 * wrote: there an address with a password may be the very thing that was asked for, so only the server's own secrets go.
 */
const OWN_WORDS = new Set(["task.failed", "task.input-required", "notice"]);

/** Nothing shorter is a secret that the redactor knows: most pieces of a text end here. */
const MIN_SECRET_LENGTH = 8;

/**
 * The one place where secrets leave what will be stored. Every text of an event is looked through, names of fields
 * included, in time that grows with its length alone.
 *
 * A secret that comes in several pieces (`text.delta`) is not seen in them: they go live to the session's owner alone,
 * and the event that ends their block, which is what stays, holds it whole and is redacted.
 */
export function createEventRedactor({ redact }: Redactor): RedactEvent {
  const redactText = (text: string): string => (text.length < MIN_SECRET_LENGTH ? text : redact(text));
  const redactOwnWords = (text: string): string => redactText(redactCredentials(text));

  return (event) => {
    const data = mapTexts(event.data, OWN_WORDS.has(event.type) ? redactOwnWords : redactText);
    return data === event.data ? event : { ...event, data };
  };
}

/** @returns the value itself where no text in it changes */
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
