import { isDeepStrictEqual } from "node:util";
import {
  type AnswerApprovalInput,
  type Approval,
  type ApprovalService,
  MAX_SESSION_RULES,
  MAX_USER_RULES,
  type Principal,
  termsInWords,
  TrunklineError,
} from "@trunkline/contract";
import type { Approvals, RuleToMake } from "../approvals/port.ts";
import type { Audit } from "../audit/port.ts";
import { GuardFailedError, type Store } from "../store/port.ts";
import { openRequestsPage } from "./open-requests-page.ts";
import { noSession } from "./ownership.ts";
import { sessionRules } from "./session-rules.ts";

export function createApprovalService({
  store,
  approvals,
  audit,
}: {
  store: Store;
  approvals: Approvals;
  audit: Audit;
}): ApprovalService {
  async function requireApproval({ userId }: Principal, approvalId: string): Promise<Approval> {
    const approval = await store.approvals.find(userId, approvalId);
    if (approval === undefined) throw new TrunklineError("not_found", `There is no approval ${approvalId}`);
    return approval;
  }

  /** @returns the rule that an answer makes; undefined: none. @throws TrunklineError `validation_failed` */
  async function ruleToMake(
    { userId }: Principal,
    { sessionId, rules }: Approval,
    { decision, rule: chosen, level = "session" }: AnswerApprovalInput,
  ): Promise<RuleToMake | undefined> {
    const [narrowest] = rules;
    if (decision !== "always" || narrowest === undefined) {
      // One from before there were rules allows what it says, in its session.
      if (chosen === undefined && level === "session") return undefined;
      throw new TrunklineError("validation_failed", "No rule can be made from this approval: allow it once");
    }
    const rule = chosen === undefined ? narrowest : rules.find((each) => isDeepStrictEqual(each, chosen));
    if (rule === undefined) {
      throw new TrunklineError(
        "validation_failed",
        "This approval does not offer that rule: choose one of its 'rules', or create it with rule.create",
      );
    }
    const session = await store.sessions.find(userId, sessionId);
    if (session === undefined) throw noSession(sessionId);
    if (level === "session") {
      const known = await sessionRules(store, session);
      if (known.length < MAX_SESSION_RULES) return { ...rule, level };
      throw tooMany("session", MAX_SESSION_RULES);
    }
    if ((await store.rules.ofOwner(userId)).length >= MAX_USER_RULES) {
      throw tooMany("user", MAX_USER_RULES);
    }
    if (level === "user") return { ...rule, level };
    if (session.projectId === null) {
      throw new TrunklineError(
        "validation_failed",
        "This session has no project: choose 'session' or 'user'",
      );
    }
    return { ...rule, level, projectId: session.projectId };
  }

  return {
    list: async (principal, query) => openRequestsPage(store, store.approvals, principal, query),

    async answer(principal, input) {
      const { approvalId, decision, note } = input;
      const approval = await requireApproval(principal, approvalId);
      if (approval.state === "open") {
        const rule = await ruleToMake(principal, approval, input);
        try {
          const entry = audit.entry({
            by: principal,
            action: "approval.answer",
            target: approvalId,
            decision: "allowed",
            detail: rule === undefined ? decision : `${decision} (${rule.level}): ${termsInWords(rule)}`,
          });
          const answer = { decision, by: principal.name, note, rule };
          await approvals.answer(principal.userId, approval, answer, entry);
        } catch (error) {
          // Already answered or expired: the result is compared below.
          if (!(error instanceof GuardFailedError)) throw error;
          if (error.guard === "row") throw tooMany("user", MAX_USER_RULES);
        }
      }
      const settled = approval.state === "open" ? await requireApproval(principal, approvalId) : approval;
      if (settled.state !== decision) throw closed(settled);
      return settled;
    },
  };
}

export function tooMany(whose: "session" | "user", limit: number): TrunklineError {
  const what = whose === "session" ? "This session has" : "You have";
  return new TrunklineError("validation_failed", `${what} ${limit} rules: delete some first`);
}

function closed({ id, state, answeredBy }: Approval): TrunklineError {
  const how =
    state === "expired"
      ? "has expired, which counts as a no"
      : state === "canceled"
        ? "is no longer needed: its task has ended"
        : `was answered with '${state}' by ${answeredBy ?? "somebody"}`;
  return new TrunklineError("approval_closed", `Approval ${id} ${how}`);
}
