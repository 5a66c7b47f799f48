import { setTimeout as timer } from "node:timers/promises";
import type { Logger } from "pino";
import { v7 as uuidv7 } from "uuid";
import type { Doorbell } from "../dispatch/port.ts";
import type { Log } from "../log/port.ts";
import { type AppendOptions, GuardFailedError, type Store, type StoredDraft } from "../store/port.ts";
import { createExpiry } from "./expiry.ts";
import { madeRule } from "./rules/made-rule.ts";
import { createApprovalPolicy } from "./policy.ts";
import type { ApprovalMode, Approvals, RuleInForce } from "./port.ts";

export interface ApprovalsDeps {
  store: Store;
  log: Log;
  mode: ApprovalMode;
  /** The operator's. */
  rules?: readonly RuleInForce[];
  /** How long a request waits before it is denied, or a question closed unanswered, in ms. */
  timeoutMs: number;
  /** Called when a task has its answer. */
  ring: (bell: Doorbell) => void;
  logger: Logger;
  /** Integer ms since the epoch. */
  now: () => number;
  /** Resolves after `ms`; rejects when the signal aborts. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Requests settled in one commit. */
const EXPIRED_AT_ONCE = 200;

interface Request {
  sessionId: string;
  taskId: string;
}

/** Approvals and questions that tasks wait for. They are stored as rows, so a restart changes nothing. */
export function createApprovals(deps: ApprovalsDeps): Approvals {
  const { store, log, ring, logger, now, timeoutMs } = deps;
  const { mode, rules: operators = [] } = deps;
  const policy = createApprovalPolicy({ mode, rules: operators, now });

  /** Only the first settlement counts: the rows refuse another. */
  async function settle(
    ownerId: string,
    { sessionId }: Request,
    events: readonly StoredDraft[],
    options?: AppendOptions,
  ): Promise<void> {
    await log.append(sessionId, events, options);
    ring({ sessionId, ownerId });
  }

  async function expire(ownerId: string, request: Request, event: StoredDraft): Promise<void> {
    try {
      await settle(ownerId, request, [event]);
    } catch (error) {
      // Settled, or its task ended, at this very moment.
      if (!(error instanceof GuardFailedError)) throw error;
    }
  }

  async function expireDue(at: number): Promise<void> {
    const approvals = await store.approvals.due(at, EXPIRED_AT_ONCE);
    const questions = await store.questions.due(at, EXPIRED_AT_ONCE);
    await Promise.all([
      ...approvals.map(async ({ id: approvalId, ownerId, ...request }) =>
        expire(ownerId, request, { taskId: request.taskId, type: "approval.expired", data: { approvalId } }),
      ),
      ...questions.map(async ({ id: questionId, ownerId, ...request }) =>
        expire(ownerId, request, { taskId: request.taskId, type: "question.expired", data: { questionId } }),
      ),
    ]);
  }

  const expiry = createExpiry({
    async nextExpiry() {
      const next = [await store.approvals.nextExpiry(), await store.questions.nextExpiry()];
      const times = next.filter((time) => time !== null);
      return times.length === 0 ? null : Math.min(...times);
    },
    expireDue,
    now,
    wait: deps.wait ?? ((ms, signal) => timer(ms, undefined, { signal, ref: false })),
    logger,
  });

  return {
    policy,

    async policyOf(session) {
      const stored = await store.rules.inSession(session);
      const rules = stored.map((rule): RuleInForce => ({
        ...rule,
        level: rule.projectId === undefined ? "user" : "project",
      }));
      return createApprovalPolicy({ mode, rules: [...operators, ...rules], now });
    },

    requestEvents(taskId, { approvals, questions }) {
      const expiresAt = now() + timeoutMs;
      return [
        ...approvals.map(
          ({ callId, tool, input, title, kind, locations, reason, always, rules }): StoredDraft => ({
            taskId,
            type: "approval.requested",
            data: {
              approvalId: uuidv7(),
              callId,
              tool,
              input,
              title,
              kind,
              locations,
              reason,
              always,
              rules,
              expiresAt,
            },
          }),
        ),
        ...questions.map((question): StoredDraft => ({
          taskId,
          type: "question.asked",
          data: { questionId: uuidv7(), ...question, expiresAt },
        })),
      ];
    },

    requested: () => expiry.wake(),

    async answer(ownerId, approval, { decision, by, note, rule: toMake }, audit) {
      const { id: approvalId, taskId } = approval;
      const made = toMake && madeRule(toMake, { approvalId, taskId, ownerId, by, at: now() });
      const data = { approvalId, decision, by, note, rule: made?.told };
      const answered: StoredDraft = { taskId, type: "approval.answered", data };
      const events = made?.event === undefined ? [answered] : [answered, made.event];
      await settle(ownerId, approval, events, { audit, ...(made?.stored && { rule: made.stored }) });
    },

    async answerQuestion(ownerId, question, { answer, by }, audit) {
      const { id: questionId, taskId } = question;
      const data = { questionId, answer, by };
      await settle(ownerId, question, [{ taskId, type: "question.answered", data }], { audit });
    },

    async withdrawQuestion(ownerId, { id: questionId, ...question }) {
      const { taskId } = question;
      await expire(ownerId, question, { taskId, type: "question.expired", data: { questionId } });
    },

    start: () => expiry.start(),
    stop: () => expiry.stop(),
  };
}
