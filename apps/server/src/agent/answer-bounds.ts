import { MAX_STEP_CALLS, MAX_STEP_LENGTH } from "./limits.ts";
import { ProviderFault } from "./provider-fault.ts";

// An answer that is longer than anything useful would be as long the next time, so it is not asked for again.

export function outputTooLong(): ProviderFault {
  return tooLong(`The model said more than ${MAX_STEP_LENGTH} characters in one step`);
}

export function tooManyCalls(): ProviderFault {
  return tooLong(`The model called more than ${MAX_STEP_CALLS} tools in one step`);
}

/** One event or document of the provider's, whatever the model said. */
export function messageTooLong(): ProviderFault {
  return tooLong("The provider sent a message that is longer than any answer");
}

function tooLong(message: string): ProviderFault {
  return new ProviderFault("provider_output_too_long", message, { retryable: false });
}
