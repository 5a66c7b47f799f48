import { MAX_STEP_TRIES, RETRY_AFTER_MAX_MS, RETRY_BASE_MS, RETRY_MAX_MS } from "./limits.ts";
import type { ProviderFault } from "./provider-fault.ts";

/** Number of attempts for this kind of failure. */
export function triesOf({ retryable, maxTries }: ProviderFault): number {
  return retryable ? Math.min(maxTries ?? MAX_STEP_TRIES, MAX_STEP_TRIES) : 1;
}

/**
 * Delay before a step is retried, in ms: what the provider asked for, or exponential backoff with jitter, so that many
 * runs do not retry at once.
 * @param tries attempts so far, from 1.
 * @param random from 0 to below 1.
 */
export function retryDelayMs({ retryAfterMs }: ProviderFault, tries: number, random: number): number {
  if (retryAfterMs !== undefined) return Math.min(retryAfterMs, RETRY_AFTER_MAX_MS);
  const ceiling = Math.min(RETRY_BASE_MS * 2 ** (tries - 1), RETRY_MAX_MS);
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

/** Notice shown while the step waits for its retry. */
export function retryNotice(fault: ProviderFault, tries: number, delayMs: number) {
  const seconds = Math.ceil(delayMs / 100) / 10;
  const message = `${fault.message} — retrying in ${seconds} s (${tries + 1} of ${triesOf(fault)})`;
  const retry = {
    attempt: tries + 1,
    of: triesOf(fault),
    delayMs: Math.max(0, Math.round(delayMs)),
    cause: fault.message,
  };
  return { type: "notice" as const, data: { level: "warning" as const, message, retry } };
}
