import type { ToolCall } from "@trunkline/contract";
import { MAX_KEPT_CALL_IDS } from "../limits.ts";

/** Ids of the calls that a session's model has asked for: the newest. */
export class KnownCalls {
  readonly #ids = new Set<string>();
  /** Whether some are missing from the set. */
  #hasForgotten = false;

  /** False: there certainly were none. */
  get mayHaveAny(): boolean {
    return this.#hasForgotten || this.#ids.size > 0;
  }

  /** Whether a call with this id was, or may have been, asked for. */
  mayHave(callId: string): boolean {
    return this.#ids.has(callId) || (this.#hasForgotten && !isRandom(callId));
  }

  add(calls: readonly ToolCall[]): void {
    for (const { callId } of calls) this.#ids.add(callId);
    for (const oldest of this.#ids) {
      if (this.#ids.size <= MAX_KEPT_CALL_IDS) break;
      this.#ids.delete(oldest);
      this.#hasForgotten = true;
    }
  }

  /** There were others. */
  forgetSome(): void {
    this.#hasForgotten = true;
  }
}

/** Whether the id has a unique part, unlike with providers that number the calls of every answer from 0. */
function isRandom(callId: string): boolean {
  return callId.length >= 9 && !/^[^0-9]*[0-9]{0,6}$/.test(callId);
}
