import {
  type EventDataOf,
  isAllowed,
  MAX_SESSION_RULES,
  OpenApprovals,
  OpenQuestions,
  type SessionEvent,
} from "@trunkline/contract";
import type { RuleInForce, SessionTrust } from "../approvals/port.ts";
import { answersText, answerText } from "./question-answer.ts";

/** A decision on a call. */
export interface CallAnswer {
  allowed: boolean;
  /** Name of who decided; null: it expired. */
  by: string | null;
  note: string | undefined;
  /** The tool as `always` would have allowed it, with its revision; undefined: not offered. */
  tool?: string | undefined;
}

/** The user's answer to a call's questions; null: all expired. */
export interface QuestionAnswer {
  text: string | null;
}

interface AskedQuestion {
  text: string;
  /** Undefined: still open; null: it expired. */
  answer?: string | null;
}

type Carried = NonNullable<EventDataOf<"context.compacted">["carried"]>;
type SessionRule = NonNullable<Carried["rules"]>[number];

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
  /** By call and question, in the order of asking, until the call has ended. */
  readonly #questions = new Map<string, Map<string, AskedQuestion>>();
  readonly #allowed = new Set<string>();
  readonly #rules = new Map<string, SessionRule>();
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

  get rules(): readonly RuleInForce[] {
    return [...this.#rules.values()].map((rule) => ({ ...rule, level: "session" }));
  }

  /** @returns undefined if the call is undecided. */
  decisionOn(callId: string): CallAnswer | undefined {
    return this.#decisions.get(callId);
  }

  /** @returns undefined if the call asks nothing, or a question of it is still open. */
  answerTo(callId: string): QuestionAnswer | undefined {
    const asked = [...(this.#questions.get(callId)?.values() ?? [])];
    const answers = asked.flatMap(({ text, answer }) => (answer === undefined ? [] : [{ text, answer }]));
    return asked.length === 0 || answers.length < asked.length ? undefined : { text: answersText(answers) };
  }

  /** State to hand over to a reader that starts after these events. */
  get carried(): Pick<Carried, "alwaysAllowed" | "readsUntrusted" | "rules"> {
    return {
      alwaysAllowed: [...this.#allowed],
      readsUntrusted: this.#hasReadUntrusted ? true : undefined,
      rules: this.#rules.size === 0 ? undefined : [...this.#rules.values()],
    };
  }

  apply(event: SessionEvent): void {
    if (event.seq <= this.#importedSeq) return;
    if (event.type === "context.compacted") this.#carry(event.data.carried);
    else if (
      event.type === "tool.called" ||
      event.type === "session.forked" ||
      event.type === "session.created" ||
      event.type === "subagent.ended" ||
      event.type === "instructions.read"
    ) {
      if (event.data.readsUntrusted === true) this.#hasReadUntrusted = true;
    } else if (event.type === "task.submitted") {
      if (event.data.broughtBack !== undefined) this.#hasReadUntrusted = true;
    } else if (event.type === "rule.created") {
      const { approvalId: _, ...rule } = event.data;
      if (this.#rules.size < MAX_SESSION_RULES) this.#rules.set(rule.ruleId, rule);
    } else if (event.type === "rule.deleted") {
      this.#rules.delete(event.data.ruleId);
    } else if (event.type === "tool.ended") {
      this.#decisions.delete(event.data.callId);
      this.#questions.delete(event.data.callId);
    } else if (event.type === "question.asked") {
      const { callId, questionId, text } = event.data;
      const asked = this.#questions.get(callId) ?? new Map<string, AskedQuestion>();
      this.#questions.set(callId, asked.set(questionId, { text }));
    }
    for (const { request, settlement } of this.#openApprovals.apply(event)) {
      if (settlement === null) continue;
      const { by, note, state } = settlement;
      this.#decisions.set(request.callId, {
        allowed: isAllowed(settlement),
        by,
        note: note ?? undefined,
        tool: request.rules?.[0]?.tool,
      });
      // With rules, the answer made one.
      const isFormer = request.rules === undefined;
      if (state === "always" && isFormer && request.always !== undefined) this.#allowed.add(request.always);
    }
    for (const { id, request, settlement } of this.#openQuestions.apply(event)) {
      if (settlement === null) continue;
      const answer = settlement.answer === null ? null : answerText(request.options ?? [], settlement.answer);
      this.#questions.get(request.callId)?.set(id, { text: request.text, answer });
    }
  }

  #carry(carried: Carried | undefined): void {
    for (const always of carried?.alwaysAllowed ?? []) this.#allowed.add(always);
    for (const rule of carried?.rules ?? []) this.#rules.set(rule.ruleId, rule);
    if (carried?.readsUntrusted === true) this.#hasReadUntrusted = true;
  }
}
