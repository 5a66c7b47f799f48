import {
  type EventDataOf,
  isAllowed,
  OpenApprovals,
  OpenQuestions,
  type SessionEvent,
} from "@trunkline/contract";
import type { SessionTrust } from "../approvals/port.ts";
import { answerText } from "./question-answer.ts";

/** A decision on a call. */
export interface CallAnswer {
  allowed: boolean;
  /** Name of who decided; null: it expired. */
  by: string | null;
  note: string | undefined;
}

/** The user's answer to a question; null: it expired. */
export interface QuestionAnswer {
  text: string | null;
}

type Carried = NonNullable<EventDataOf<"context.compacted">["carried"]>;

/**
 * Projects a session's events to what was asked, answered and always allowed, and to whether the model may have read
 * untrusted text. Pure, like the transcript, so a restart, another node and a fork agree. Its size depends on open
 * requests and standing permissions, not on the log.
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

  /** @param importedSeq up to this event the log was imported, and its approvals allow nothing here; 0: none of it. */
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

  /** @returns undefined if the call is undecided. */
  decisionOn(callId: string): CallAnswer | undefined {
    return this.#decisions.get(callId);
  }

  /** @returns undefined if the call is not a question, or is still open. */
  answerTo(callId: string): QuestionAnswer | undefined {
    return this.#answers.get(callId);
  }

  /** State to hand over to a reader that starts after these events. */
  get carried(): Pick<Carried, "alwaysAllowed" | "readsUntrusted"> {
    return { alwaysAllowed: [...this.#allowed], readsUntrusted: this.#hasReadUntrusted ? true : undefined };
  }

  apply(event: SessionEvent): void {
    if (event.seq <= this.#importedSeq) return;
    if (event.type === "context.compacted") this.#carry(event.data.carried);
    else if (
      event.type === "tool.called" ||
      event.type === "session.forked" ||
      event.type === "instructions.read"
    ) {
      if (event.data.readsUntrusted === true) this.#hasReadUntrusted = true;
    } else if (event.type === "task.submitted") {
      if (event.data.broughtBack !== undefined) this.#hasReadUntrusted = true;
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
