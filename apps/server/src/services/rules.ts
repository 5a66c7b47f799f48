import {
  type ApprovalRule,
  type CreateRuleInput,
  MAX_SESSION_RULES,
  MAX_USER_RULES,
  type Principal,
  ruleInWords,
  type RuleService,
  TrunklineError,
} from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import type { Audit } from "../audit/port.ts";
import type { Log } from "../log/port.ts";
import { GuardFailedError, type Store, type StoredDraft, type StoredRule } from "../store/port.ts";
import { tooMany } from "./approvals.ts";
import { requireSession, unlessGone } from "./ownership.ts";
import { requireProject } from "./project-access.ts";
import { sessionRules } from "./session-rules.ts";

export interface RulesDeps {
  store: Store;
  log: Log;
  audit: Audit;
  /** Of the configuration file. */
  operators: readonly ApprovalRule[];
  /** Integer ms since the epoch. */
  now: () => number;
}

export function createRuleService({ store, log, audit, operators, now }: RulesDeps): RuleService {
  /** Of a session: an event in its log. */
  async function append(
    principal: Principal,
    sessionId: string,
    event: Extract<StoredDraft, { type: "rule.created" | "rule.deleted" }>,
    entry: ReturnType<typeof entryOf>,
  ): Promise<void> {
    try {
      await log.append(sessionId, [event], { expect: { ownerId: principal.userId }, audit: entry });
    } catch (error) {
      throw unlessGone(error, sessionId);
    }
  }

  const entryOf = (principal: Principal, action: "rule.create" | "rule.delete", rule: ApprovalRule) =>
    audit.entry({ by: principal, action, target: rule.id, decision: "allowed", detail: ruleInWords(rule) });

  async function createInSession(
    principal: Principal,
    { sessionId, projectId: _, ...given }: CreateRuleInput & { sessionId: string },
  ): Promise<ApprovalRule> {
    const session = await requireSession(store, principal, sessionId);
    if ((await sessionRules(store, session)).length >= MAX_SESSION_RULES) {
      throw tooMany("session", MAX_SESSION_RULES);
    }
    const made = { createdBy: principal.name, createdAt: now() };
    const rule = { ...given, ...made, id: uuidv7(), level: "session", sessionId } as const;
    const data = { ...given, ruleId: rule.id, by: principal.name };
    const entry = entryOf(principal, "rule.create", rule);
    await append(principal, sessionId, { taskId: null, type: "rule.created", data }, entry);
    return rule;
  }

  async function deleteInSession(
    principal: Principal,
    { ruleId, sessionId }: { ruleId: string; sessionId: string },
  ): Promise<ApprovalRule> {
    const session = await requireSession(store, principal, sessionId);
    const rule = (await sessionRules(store, session)).find(({ id }) => id === ruleId);
    if (rule === undefined) throw noRule(ruleId);
    const data = { ruleId, by: principal.name };
    const entry = entryOf(principal, "rule.delete", rule);
    await append(principal, sessionId, { taskId: null, type: "rule.deleted", data }, entry);
    return rule;
  }

  return {
    async list(principal, { sessionId }) {
      const { userId: ownerId } = principal;
      if (sessionId === undefined) {
        const stored = await store.rules.ofOwner(ownerId);
        return { items: [...bySpecificity(stored.map(toRule)), ...operators] };
      }
      const session = await requireSession(store, principal, sessionId);
      const stored = await store.rules.inSession({ sessionId, ownerId });
      const own = await sessionRules(store, session);
      return { items: [...own, ...bySpecificity(stored.map(toRule)), ...operators] };
    },

    async create(principal, input) {
      const { sessionId, projectId, ...given } = input;
      if (sessionId !== undefined) return createInSession(principal, { ...input, sessionId });
      if (projectId !== undefined) await requireProject(store, principal, projectId);
      const { userId: ownerId, name: createdBy } = principal;
      const where = projectId === undefined ? {} : { projectId };
      const stored = { ...given, ...where, id: uuidv7(), ownerId, createdBy, createdAt: now() };
      const rule = toRule(stored);
      try {
        await store.rules.create(stored, entryOf(principal, "rule.create", rule));
      } catch (error) {
        throw error instanceof GuardFailedError ? tooMany("user", MAX_USER_RULES) : error;
      }
      return rule;
    },

    async delete(principal, { ruleId, sessionId }) {
      if (sessionId !== undefined) return deleteInSession(principal, { ruleId, sessionId });
      if (operators.some(({ id }) => id === ruleId)) {
        throw new TrunklineError("forbidden", "The operator's rules stand in trunkline.config.json");
      }
      const { userId: ownerId } = principal;
      const stored = (await store.rules.ofOwner(ownerId)).find(({ id }) => id === ruleId);
      if (stored === undefined) throw noRule(ruleId);
      const rule = toRule(stored);
      try {
        await store.rules.delete({ id: ruleId, ownerId }, entryOf(principal, "rule.delete", rule));
      } catch (error) {
        throw error instanceof GuardFailedError ? noRule(ruleId) : error;
      }
      return rule;
    },
  };
}

function toRule({ ownerId: _, ...rule }: StoredRule): ApprovalRule {
  return { ...rule, level: rule.projectId === undefined ? "user" : "project" };
}

function bySpecificity(rules: readonly ApprovalRule[]): ApprovalRule[] {
  return [
    ...rules.filter(({ level }) => level === "project"),
    ...rules.filter(({ level }) => level === "user"),
  ];
}

function noRule(ruleId: string): TrunklineError {
  return new TrunklineError(
    "not_found",
    `There is no rule ${ruleId}. A session's own rule needs its sessionId, too`,
  );
}
