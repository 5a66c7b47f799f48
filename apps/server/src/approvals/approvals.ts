import { setTimeout as timer } from "node:timers/promises";
import type { Approval } from "@trunkline/contract";
import { sql } from "kysely";
import type { Logger } from "pino";
import { v7 as uuidv7 } from "uuid";
import type { Doorbell } from "../dispatch/port.ts";
import type { Log } from "../log/port.ts";
import { GuardFailedError, type Store } from "../store/port.ts";
import { toApproval, toRow } from "./approval-row.ts";
import { createExpiry } from "./expiry.ts";
import { createApprovalPolicy } from "./policy.ts";
import type { ApprovalMode, ApprovalRequest, Approvals } from "./port.ts";
import { settlingUnit } from "./settle.ts";

export interface ApprovalsDeps {
  store: Store;
  log: Log;
  mode: ApprovalMode;
  /** How long a request waits before it counts as denied, in ms. */
  timeoutMs: number;
  /** A task has its answer. */
  ring: (bell: Doorbell) => void;
  logger: Logger;
  /** Integer ms since the epoch. */
  now: () => number;
  /** Resolves after `ms`; rejects when the signal aborts. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A literal, not a parameter: SQLite uses an index of open rows only where it sees that the query wants these. */
const OPEN = sql.lit<"open">("open");

/** Requests settled in one go. */
const EXPIRED_AT_ONCE = 200;

export function createApprovals(deps: ApprovalsDeps): Approvals {
  const { store, log, ring, logger, now, timeoutMs } = deps;
  const { db } = store;
  const policy = createApprovalPolicy(deps.mode);

  const openOf = (ownerId: string) =>
    db
      .selectFrom("approvals as a")
      .innerJoin("sessions as s", "s.id", "a.session_id")
      .selectAll("a")
      .where("a.owner_id", "=", ownerId)
      .where("s.deleted_at", "is", null);

  async function expireDue(at: number): Promise<void> {
    const due = await db
      .selectFrom("approvals")
      .select(["id", "session_id as sessionId", "task_id as taskId", "owner_id as ownerId"])
      .where("state", "=", OPEN)
      .where("expires_at", "<=", at)
      .orderBy("expires_at")
      .limit(EXPIRED_AT_ONCE)
      .execute();
    await Promise.all(
      due.map(async ({ ownerId, ...approval }) => {
        try {
          await log.append(settlingUnit(db, approval, { state: "expired" }, at));
          ring({ sessionId: approval.sessionId, ownerId });
        } catch (error) {
          // Somebody decided, or ended the task, in this moment.
          if (!(error instanceof GuardFailedError)) throw error;
        }
      }),
    );
  }

  const expiry = createExpiry({
    async nextExpiry() {
      const next = await db
        .selectFrom("approvals")
        .select("expires_at")
        .where("state", "=", OPEN)
        .orderBy("expires_at")
        .limit(1)
        .executeTakeFirst();
      return next?.expires_at ?? null;
    },
    expireDue,
    now,
    wait: deps.wait ?? ((ms, signal) => timer(ms, undefined, { signal, ref: false })),
    logger,
  });

  return {
    policy,

    requestParts(task, requests) {
      const createdAt = now();
      const rows = requests.map((request) => {
        const expires_at = createdAt + timeoutMs;
        const { id: task_id, session_id, owner_id } = task;
        return toRow(request, {
          id: uuidv7(),
          session_id,
          task_id,
          owner_id,
          created_at: createdAt,
          expires_at,
        });
      });
      return {
        events: rows.map(toApproval).map((approval, index) => ({
          taskId: task.id,
          type: "approval.requested",
          data: requestedData(approval, requests[index]),
        })),
        writes: rows.map((row) => db.insertInto("approvals").values(row).compile()),
      };
    },

    requested: () => expiry.wake(),

    withdrawal: ({ id, session_id }) =>
      db
        .updateTable("approvals")
        .set({ state: "canceled", answered_at: now() })
        .where("session_id", "=", session_id)
        .where("state", "=", "open")
        .where("task_id", "=", id)
        .compile(),

    async listOpen({ ownerId, sessionId, beforeId, limit }) {
      let query = openOf(ownerId).where("a.state", "=", OPEN).orderBy("a.id", "desc").limit(limit);
      if (sessionId !== undefined) query = query.where("a.session_id", "=", sessionId);
      if (beforeId !== undefined) query = query.where("a.id", "<", beforeId);
      return (await query.execute()).map(toApproval);
    },

    async find(ownerId, approvalId) {
      const row = await openOf(ownerId).where("a.id", "=", approvalId).executeTakeFirst();
      return row === undefined ? undefined : toApproval(row);
    },

    async answer(ownerId, approval, { decision, by, note }, more) {
      const unit = settlingUnit(db, approval, { state: decision, by, note }, now());
      await log.append({ ...unit, writes: [...unit.writes, ...more] });
      ring({ sessionId: approval.sessionId, ownerId });
    },

    start: () => expiry.start(),
    stop: () => expiry.stop(),
  };
}

function requestedData(
  { id, callId, tool, input, reason, always, expiresAt }: Approval,
  { title, kind, locations }: Partial<ApprovalRequest> = {},
) {
  const call = { callId, tool, input, title, kind, locations };
  return { approvalId: id, ...call, reason, always: always ?? undefined, expiresAt };
}
