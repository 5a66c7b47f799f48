import type { FaultContext } from "./model.ts";
import type { ResolvedModel } from "./port.ts";

/** What the faults of a model's calls are made of. */
export function faultContextOf({ name, redact = (text) => text, provider }: ResolvedModel): FaultContext {
  return provider === undefined ? { model: name, redact } : { model: name, redact, provider };
}
