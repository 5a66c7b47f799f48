import { isTerminalTaskState } from "@trunkline/contract";
import { type Kysely, type SelectQueryBuilder, sql } from "kysely";
import type { StoredTask, TaskPage } from "../ports/tasks.ts";
import type { Database } from "../schema.ts";
import { READ_TOGETHER_BYTES } from "./bounded-rows.ts";
import { type TaskRow, toTask } from "./task-rows.ts";

/** Not of a session that is being deleted, or filled. */
export const IS_SHOWN = sql<boolean>`not exists (
  select 1 from sessions where sessions.id = tasks.session_id and sessions.deleted_at is not null
)`;

type Text = "prompt" | "result" | "error_message";

/** A task's row without its texts where they are large. */
export type ListedTask = Omit<TaskRow, Text> & Record<Text, string | null> & { text_bytes: number };

const OTHERS = [
  "id",
  "session_id",
  "owner_id",
  "pos",
  "state",
  "reason",
  "model",
  "agent",
  "effort",
  "budget_json",
  "attempt",
  "crashes",
  "node",
  "open_requests",
  "children_json",
  "resume_at",
  "cancel_requested_at",
  "steers",
  "steer_seq",
  "idempotency_key",
  "request_hash",
  "usage_json",
  "reserved_json",
  "step_json",
  "error_code",
  "created_at",
  "started_at",
  "ended_at",
] as const satisfies readonly Exclude<keyof TaskRow, Text>[];

const TEXT_BYTES = sql<number>`(octet_length(prompt) + coalesce(octet_length(result), 0) + coalesce(octet_length(error_message), 0))`;

const ifSmall = <Name extends Text>(name: Name) =>
  sql<string | null>`case when ${TEXT_BYTES} <= ${sql.lit(READ_TOGETHER_BYTES)} then ${sql.ref(name)} end`.as(
    name,
  );

/** For lists: none knows how large the results of its tasks are. */
export function selectListed(db: Kysely<Database>) {
  return db
    .selectFrom("tasks")
    .select(OTHERS)
    .select([ifSmall("prompt"), ifSmall("result"), ifSmall("error_message"), TEXT_BYTES.as("text_bytes")]);
}

/** @returns undefined if it was deleted meanwhile. */
export async function wholeTask(db: Kysely<Database>, row: ListedTask): Promise<StoredTask | undefined> {
  if (row.text_bytes <= READ_TOGETHER_BYTES) return toTask({ ...row, prompt: row.prompt ?? "" });
  const texts = await db
    .selectFrom("tasks")
    .select(["prompt", "result", "error_message"])
    .where("id", "=", row.id)
    .executeTakeFirst();
  return texts === undefined ? undefined : toTask({ ...row, ...texts });
}

/** Newest first. */
export async function listedPage(
  db: Kysely<Database>,
  { ownerId, sessionId, states, beforeId, limit }: TaskPage,
): Promise<ListedTask[]> {
  let newest = selectListed(db).orderBy("id", "desc").limit(limit);
  if (beforeId !== undefined) newest = newest.where("id", "<", beforeId);
  if (sessionId !== undefined) newest = newest.where("session_id", "=", sessionId);
  else newest = newest.where("owner_id", "=", ownerId).where(IS_SHOWN);
  if (states === undefined) return newest.execute();
  if (states.length === 0) return [];
  // An index gives the tasks of one state in their order, and not those of several together: so each state is read
  // by itself, all in one statement, and no page takes longer the more tasks there are.
  if (sessionId === undefined) {
    const rows = await together(
      db,
      [...new Set(states)].map((state) => newest.where("state", "=", state)),
    );
    return rows.toSorted(newestFirst).slice(0, limit);
  }
  // In a session those that have not ended are few, and read by state; of the others a page is soon found, newest
  // first. The expressions keep the engine from choosing the other way round, which reads all tasks of the session.
  return states.some(isTerminalTaskState)
    ? newest.where(sql<boolean>`coalesce(state, '') in (${sql.join(states)})`).execute()
    : newest
        .where("state", "in", states)
        .clearOrderBy()
        .orderBy(sql`coalesce(id, '')`, "desc")
        .execute();
}

/** @returns the rows of all the queries, in their order, as of one moment. */
export async function together(
  db: Kysely<Database>,
  queries: readonly SelectQueryBuilder<Database, "tasks", ListedTask>[],
): Promise<ListedTask[]> {
  const [first, ...others] = queries.map((query) => db.selectFrom(query.as("one")).selectAll());
  if (first === undefined) return [];
  return others.reduce((all, other) => all.unionAll(other), first).execute();
}

export function newestFirst(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? 1 : -1;
}
