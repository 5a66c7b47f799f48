import { addUsage, type Usage } from "@trunkline/contract";
import { type Kysely, sql } from "kysely";

/** What budgets need: the sessions that a task started, the project and time of each step, reservations, limits. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex("sessions_by_parent_task")
    .on("sessions")
    .column("parent_task_id")
    .where(sql.ref("parent_task_id"), "is not", null)
    .execute();
  await db.schema.alterTable("tasks").addColumn("reserved_json", "text").execute();
  await db.schema.alterTable("usage").addColumn("project_id", "text").execute();
  await db.schema.alterTable("usage").addColumn("worked_ms", "bigint").execute();
  await db.schema
    .createIndex("usage_by_project")
    .on("usage")
    .columns(["project_id", "at"])
    .where(sql.ref("project_id"), "is not", null)
    .execute();
  await db.schema
    .createTable("budgets")
    .addColumn("scope", "text", (column) => column.notNull())
    .addColumn("id", "text", (column) => column.notNull())
    .addColumn("limits_json", "text", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("budgets_pk", ["scope", "id"])
    .execute();
  await db.schema
    .createTable("budget_warnings")
    .addColumn("scope", "text", (column) => column.notNull())
    .addColumn("id", "text", (column) => column.notNull())
    .addColumn("about", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("budget_warnings_pk", ["scope", "id", "about"])
    .execute();
  await countSummaries(db);
  await fillProjects(db);
}

export async function fillProjects(db: Kysely<unknown>): Promise<void> {
  await sql`
    update usage set project_id = (select project_id from sessions where sessions.id = usage.session_id)
    where session_id in (select id from sessions where project_id is not null)`.execute(db);
}

/** Summaries by a model cost tokens, and were counted nowhere: neither in the ledger nor with their task. */
export async function countSummaries(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{
    session_id: string;
    seq: number;
    task_id: string;
    owner_id: string;
    at: number;
    data: string;
  }>`
    select e.session_id, e.seq, e.task_id, t.owner_id, e.at, e.data
    from events e cross join tasks t cross join sessions s
    where e.type = 'context.compacted' and t.id = e.task_id and t.session_id = e.session_id
      and s.id = e.session_id and e.seq > s.imported_seq
    order by e.session_id, e.seq`.execute(db);
  for (const { session_id: sessionId, seq, task_id: taskId, owner_id: ownerId, at, data } of rows) {
    const { usage, model = null } = JSON.parse(data) as { usage?: Usage; model?: string };
    if (usage === undefined) continue;
    await sql`
      insert into usage (session_id, seq, task_id, owner_id, model, at, input_tokens, output_tokens, reasoning_tokens,
                         cached_input_tokens, cost_usd, price_source)
      values (${sessionId}, ${seq}, ${taskId}, ${ownerId}, ${model}, ${at}, ${usage.inputTokens}, ${usage.outputTokens},
              ${usage.reasoningTokens ?? null}, ${usage.cachedInputTokens ?? null}, ${usage.costUsd ?? null},
              ${usage.priceSource ?? null})`.execute(db);
    const task = await sql<{ usage_json: string | null }>`
      select usage_json from tasks where id = ${taskId}`.execute(db);
    const before = task.rows[0]?.usage_json ?? null;
    const sum = before === null ? usage : addUsage(JSON.parse(before) as Usage, usage);
    await sql`update tasks set usage_json = ${JSON.stringify(sum)} where id = ${taskId}`.execute(db);
  }
}
