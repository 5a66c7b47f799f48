import type { FaultContext } from "./model.ts";
import type { ResolvedModel } from "./port.ts";

export function faultContextOf({ name, redact = (text) => text, provider }: ResolvedModel): FaultContext {
  return provider === undefined ? { model: name, redact } : { model: name, redact, provider };
}
