import type {
  Approval,
  Json,
  Location,
  Question,
  QuestionForm,
  QuestionOption,
  RuleTerms,
  ToolKind,
} from "@trunkline/contract";
import { type Kysely, type Selectable, sql } from "kysely";
import type { ApprovalStore, QuestionStore } from "../ports/requests.ts";
import type { ApprovalsTable, Database, QuestionsTable } from "../schema.ts";

/** A literal, not a parameter: otherwise SQLite would not use the partial index of open rows. */
const OPEN = sql.lit<"open">("open");

export function createApprovalStore(db: Kysely<Database>): ApprovalStore {
  const ofOwner = (ownerId: string) =>
    db
      .selectFrom("approvals as r")
      .innerJoin("sessions as s", "s.id", "r.session_id")
      .selectAll("r")
      .where("r.owner_id", "=", ownerId)
      .where("s.deleted_at", "is", null);
  return {
    async find(ownerId, id) {
      const row = await ofOwner(ownerId).where("r.id", "=", id).executeTakeFirst();
      return row === undefined ? undefined : toApproval(row);
    },
    async open({ ownerId, sessionId, beforeId, limit }) {
      let query = ofOwner(ownerId).where("r.state", "=", OPEN).orderBy("r.id", "desc").limit(limit);
      if (sessionId !== undefined) query = query.where(isOf(sessionId));
      if (beforeId !== undefined) query = query.where("r.id", "<", beforeId);
      return (await query.execute()).map(toApproval);
    },
    async due(now, limit) {
      const rows = await db
        .selectFrom("approvals")
        .selectAll()
        .where("state", "=", OPEN)
        .where("expires_at", "<=", now)
        .orderBy("expires_at")
        .limit(limit)
        .execute();
      return rows.map((row) => ({ ...toApproval(row), ownerId: row.owner_id }));
    },
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
  };
}

export function createQuestionStore(db: Kysely<Database>): QuestionStore {
  const ofOwner = (ownerId: string) =>
    db
      .selectFrom("questions as r")
      .innerJoin("sessions as s", "s.id", "r.session_id")
      .selectAll("r")
      .where("r.owner_id", "=", ownerId)
      .where("s.deleted_at", "is", null);
  return {
    async find(ownerId, id) {
      const row = await ofOwner(ownerId).where("r.id", "=", id).executeTakeFirst();
      return row === undefined ? undefined : toQuestion(row);
    },
    async open({ ownerId, sessionId, beforeId, limit }) {
      let query = ofOwner(ownerId).where("r.state", "=", OPEN).orderBy("r.id", "desc").limit(limit);
      if (sessionId !== undefined) query = query.where(isOf(sessionId));
      if (beforeId !== undefined) query = query.where("r.id", "<", beforeId);
      return (await query.execute()).map(toQuestion);
    },
    async due(now, limit) {
      const rows = await db
        .selectFrom("questions")
        .selectAll()
        .where("state", "=", OPEN)
        .where("expires_at", "<=", now)
        .orderBy("expires_at")
        .limit(limit)
        .execute();
      return rows.map((row) => ({ ...toQuestion(row), ownerId: row.owner_id }));
    },
    async nextExpiry() {
      const next = await db
        .selectFrom("questions")
        .select("expires_at")
        .where("state", "=", OPEN)
        .where("expires_at", "is not", null)
        .orderBy("expires_at")
        .limit(1)
        .executeTakeFirst();
      return next?.expires_at ?? null;
    },
  };
}

/** Of the session or of its subagents. */
function isOf(sessionId: string) {
  return sql<boolean>`(s.id = ${sessionId} or s.parent_session_id = ${sessionId} or s.root_session_id = ${sessionId})`;
}

/** The part of a request that is never queried. */
interface StoredRequest {
  tool: string;
  input: Json;
  title?: string;
  kind?: ToolKind;
  locations?: Location[];
  reason: string;
  always?: string;
  rules?: RuleTerms[];
}

function toApproval(row: Selectable<ApprovalsTable>): Approval {
  const { tool, input, reason, always = null, rules = [] } = JSON.parse(row.request) as StoredRequest;
  return {
    id: row.id,
    sessionId: row.session_id,
    taskId: row.task_id,
    callId: row.call_id,
    tool,
    input,
    reason,
    always,
    rules,
    state: row.state,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    answeredBy: row.answered_by,
    answeredAt: row.answered_at,
    note: row.note,
  };
}

function toQuestion(row: Selectable<QuestionsTable>): Question {
  const { text, options, multiple, form } = JSON.parse(row.question) as {
    text: string;
    options?: QuestionOption[];
    multiple?: boolean;
    form?: QuestionForm;
  };
  return {
    id: row.id,
    sessionId: row.session_id,
    taskId: row.task_id,
    callId: row.call_id,
    text,
    options: options ?? null,
    multiple: multiple ?? false,
    form: form ?? null,
    state: row.state,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    answeredBy: row.answered_by,
    answeredAt: row.answered_at,
    answer: row.answer === null ? null : (JSON.parse(row.answer) as Question["answer"]),
  };
}
