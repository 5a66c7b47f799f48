import {
  type EventDataOf,
  isAllowed,
  OpenApprovals,
  OpenQuestions,
  type SessionEvent,
} from "@trunkline/contract";
import type { SessionTrust } from "../approvals/port.ts";
import { answerText } from "./question-answer.ts";

/** What was decided about a call. */
export interface CallAnswer {
  allowed: boolean;
  /** Who decided, in words; null: nobody did, in time. */
  by: string | null;
  note: string | undefined;
}

/** What the user answered to the question that a call is; null: nobody answered in time. */
export interface QuestionAnswer {
  text: string | null;
}

type Carried = NonNullable<EventDataOf<"context.compacted">["carried"]>;

/**
 * Projects a session's events to what was asked, answered and allowed for good, and to whether the model may have read
 * strangers' words. Pure, as the transcript is: a restart, another node and a fork come to the same. What it holds grows
 * with what is open and with what people allowed for good, not with the log.
 */
export class ApprovalLedger implements SessionTrust {
  readonly #importedSeq: number;
  readonly #openApprovals = new OpenApprovals();
  readonly #openQuestions = new OpenQuestions();
  /** By call, until the call has ended. */
  readonly #decisions = new Map<string, CallAnswer>();
  readonly #answers = new Map<string, QuestionAnswer>();
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
  decisionOn(callId: string): CallAnswer | undefined {
    return this.#decisions.get(callId);
  }

  /** @returns undefined where the call is no question, or one that is open. */
  answerTo(callId: string): QuestionAnswer | undefined {
    return this.#answers.get(callId);
  }

  /** What somebody who begins after these events has to be told of them. */
  get carried(): Pick<Carried, "alwaysAllowed" | "readsUntrusted"> {
    return { alwaysAllowed: [...this.#allowed], readsUntrusted: this.#hasReadUntrusted ? true : undefined };
  }

  apply(event: SessionEvent): void {
    if (event.seq <= this.#importedSeq) return;
    if (event.type === "context.compacted") this.#carry(event.data.carried);
    else if (event.type === "tool.called" || event.type === "session.forked") {
      if (event.data.readsUntrusted === true) this.#hasReadUntrusted = true;
    } else if (event.type === "tool.ended") {
      this.#decisions.delete(event.data.callId);
      this.#answers.delete(event.data.callId);
    }
    for (const { request, settlement } of this.#openApprovals.apply(event)) {
      if (settlement === null) continue;
      const { by, note, state } = settlement;
      this.#decisions.set(request.callId, { allowed: isAllowed(settlement), by, note: note ?? undefined });
      if (state === "always" && request.always !== undefined) this.#allowed.add(request.always);
    }
    for (const { request, settlement } of this.#openQuestions.apply(event)) {
      if (settlement === null) continue;
      const text = settlement.answer === null ? null : answerText(request.options ?? [], settlement.answer);
      this.#answers.set(request.callId, { text });
    }
  }

  #carry(carried: Carried | undefined): void {
    for (const always of carried?.alwaysAllowed ?? []) this.#allowed.add(always);
    if (carried?.readsUntrusted === true) this.#hasReadUntrusted = true;
  }
}
