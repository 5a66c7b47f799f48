import type { ProviderFault } from "./provider-fault.ts";
import { RETRY_AFTER_MAX_MS, RETRY_BASE_MS, RETRY_MAX_MS } from "./limits.ts";

/**
 * How long to wait before a step is tried again, in ms: what the provider asked for, or else a wait that doubles with
 * every try, half of it left to chance so that many runs do not come back at once.
 * @param tries how often it was tried so far, from 1.
 * @param random from 0 up to 1.
 */
export function retryDelayMs(fault: ProviderFault, tries: number, random: number): number {
  if (fault.retryAfterMs !== undefined) return Math.min(fault.retryAfterMs, RETRY_AFTER_MAX_MS);
  const ceiling = Math.min(RETRY_BASE_MS * 2 ** (tries - 1), RETRY_MAX_MS);
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
