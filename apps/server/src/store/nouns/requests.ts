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
import { READ_TOGETHER_BYTES, wholeRows } from "./bounded-rows.ts";

/** A literal, not a parameter: otherwise SQLite would not use the partial index of open rows. */
const OPEN = sql.lit<"open">("open");

const COLUMNS = [
  "r.id",
  "r.session_id",
  "r.task_id",
  "r.owner_id",
  "r.call_id",
  "r.state",
  "r.created_at",
  "r.expires_at",
  "r.answered_by",
  "r.answered_at",
] as const;
const APPROVAL_COLUMNS = [...COLUMNS, "r.note"] as const;
const QUESTION_COLUMNS = [...COLUMNS, "r.answer"] as const;

/** Of what is asked: lists read it at once where it is small. */
interface Sized {
  small: string | null;
  text_bytes: number;
}

function ifSmall(column: "r.request" | "r.question") {
  const bytes = sql<number>`octet_length(${sql.ref(column)})`;
  return [
    bytes.as("text_bytes"),
    sql<string | null>`case when ${bytes} <= ${sql.lit(READ_TOGETHER_BYTES)} then ${sql.ref(column)} end`.as(
      "small",
    ),
  ] as const;
}

export function createApprovalStore(db: Kysely<Database>): ApprovalStore {
  const ofOwner = (ownerId: string) =>
    db
      .selectFrom("approvals as r")
      .innerJoin("sessions as s", "s.id", "r.session_id")
      .where("r.owner_id", "=", ownerId)
      .where("s.deleted_at", "is", null);
  const small = ifSmall("r.request");
  const whole = async ({ small: text, ...row }: Selectable<Omit<ApprovalsTable, "request">> & Sized) => {
    if (text !== null) return { ...row, request: text };
    const large = await db
      .selectFrom("approvals")
      .select("request")
      .where("id", "=", row.id)
      .executeTakeFirst();
    return large === undefined ? undefined : { ...row, ...large };
  };
  return {
    async find(ownerId, id) {
      const row = await ofOwner(ownerId).selectAll("r").where("r.id", "=", id).executeTakeFirst();
      return row === undefined ? undefined : toApproval(row);
    },
    async open({ ownerId, sessionId, beforeId, limit }) {
      let query = ofOwner(ownerId)
        .select(APPROVAL_COLUMNS)
        .select(small)
        .where("r.state", "=", OPEN)
        .orderBy("r.id", "desc")
        .limit(limit + 1);
      if (sessionId !== undefined) query = query.where(isOf(sessionId));
      if (beforeId !== undefined) query = query.where("r.id", "<", beforeId);
      const rows = await query.execute();
      const { items, isCut } = await wholeRows(rows.slice(0, limit), whole);
      return { items: items.map(toApproval), hasMore: isCut || rows.length > limit };
    },
    async due(now, limit) {
      const rows = await db
        .selectFrom("approvals as r")
        .select(APPROVAL_COLUMNS)
        .select(small)
        .where("r.state", "=", OPEN)
        .where("r.expires_at", "<=", now)
        .orderBy("r.expires_at")
        .limit(limit)
        .execute();
      const { items } = await wholeRows(rows, whole);
      return items.map((row) => ({ ...toApproval(row), ownerId: row.owner_id }));
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
      .where("r.owner_id", "=", ownerId)
      .where("s.deleted_at", "is", null);
  const small = ifSmall("r.question");
  const whole = async ({ small: text, ...row }: Selectable<Omit<QuestionsTable, "question">> & Sized) => {
    if (text !== null) return { ...row, question: text };
    const large = await db
      .selectFrom("questions")
      .select("question")
      .where("id", "=", row.id)
      .executeTakeFirst();
    return large === undefined ? undefined : { ...row, ...large };
  };
  return {
    async find(ownerId, id) {
      const row = await ofOwner(ownerId).selectAll("r").where("r.id", "=", id).executeTakeFirst();
      return row === undefined ? undefined : toQuestion(row);
    },
    async open({ ownerId, sessionId, beforeId, limit }) {
      let query = ofOwner(ownerId)
        .select(QUESTION_COLUMNS)
        .select(small)
        .where("r.state", "=", OPEN)
        .orderBy("r.id", "desc")
        .limit(limit + 1);
      if (sessionId !== undefined) query = query.where(isOf(sessionId));
      if (beforeId !== undefined) query = query.where("r.id", "<", beforeId);
      const rows = await query.execute();
      const { items, isCut } = await wholeRows(rows.slice(0, limit), whole);
      return { items: items.map(toQuestion), hasMore: isCut || rows.length > limit };
    },
    async due(now, limit) {
      const rows = await db
        .selectFrom("questions as r")
        .select(QUESTION_COLUMNS)
        .select(small)
        .where("r.state", "=", OPEN)
        .where("r.expires_at", "<=", now)
        .orderBy("r.expires_at")
        .limit(limit)
        .execute();
      const { items } = await wholeRows(rows, whole);
      return items.map((row) => ({ ...toQuestion(row), ownerId: row.owner_id }));
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
