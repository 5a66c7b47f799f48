import { isAllowed, OpenApprovals } from "@trunkline/contract";
import type { SessionTrust } from "../approvals/port.ts";
import type { TranscriptEvent } from "./transcript.ts";

/** What was decided about a call. */
export interface CallAnswer {
  allowed: boolean;
  /** Who decided, in words; null: nobody did, in time. */
  by: string | null;
  note: string | undefined;
}

/**
 * Projects a session's events to what was asked, answered and allowed for good, and to whether the model may have read
 * strangers' words. Pure, as the transcript is: a restart, another node and a fork come to the same.
 */
export class ApprovalLedger implements SessionTrust {
  readonly #importedSeq: number;
  readonly #open = new OpenApprovals();
  readonly #answers = new Map<string, CallAnswer>();
  readonly #allowed = new Set<string>();
  #hasReadUntrusted: boolean;

  /** @param importedSeq up to this event the log came from elsewhere, and allows nothing here; 0: none of it. */
  constructor(importedSeq: number) {
    this.#importedSeq = importedSeq;
    this.#hasReadUntrusted = importedSeq > 0;
  }

  get hasReadUntrusted(): boolean {
    return this.#hasReadUntrusted;
  }

  isAllowedForGood(always: string): boolean {
    return this.#allowed.has(always);
  }

  /** @returns undefined where nobody has decided about the call. */
  answerTo(callId: string): CallAnswer | undefined {
    return this.#answers.get(callId);
  }

  /** @param seq the event's own, or a lower bound of it. */
  apply(event: TranscriptEvent, seq: number): void {
    if (seq <= this.#importedSeq) return;
    const brings = event.type === "tool.called" || event.type === "session.forked";
    if (brings && event.data.readsUntrusted === true) this.#hasReadUntrusted = true;
    for (const { request, settlement } of this.#open.apply(event)) {
      if (settlement === null) continue;
      const { by, note, state } = settlement;
      this.#answers.set(request.callId, { allowed: isAllowed(settlement), by, note: note ?? undefined });
      if (state === "always" && request.always !== undefined) this.#allowed.add(request.always);
    }
  }
}
