import { type Kysely, sql, SqliteAdapter } from "kysely";

/**
 * From here on rows are folded from the log (docs/decisions/021). Adds what the log had but the rows lacked: usage of
 * every task and step, open requests, workspaces relative to the data directory.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable("tasks")
    .addColumn("open_requests", "integer", (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable("tasks").addColumn("resume_at", "bigint").execute();
  await db.schema
    .createIndex("tasks_resuming")
    .on("tasks")
    .column("resume_at")
    .where(sql.ref("resume_at"), "is not", null)
    .execute();
  await sql`
    update tasks set open_requests =
      (select count(*) from approvals where approvals.task_id = tasks.id and approvals.state = 'open')
    where state = 'input-required'`.execute(db);

  await db.schema
    .createTable("questions")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("session_id", "text", (column) => column.notNull().references("sessions.id"))
    .addColumn("task_id", "text", (column) => column.notNull())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("call_id", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("question", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint")
    .addColumn("answered_by", "text")
    .addColumn("answered_at", "bigint")
    .addColumn("answer", "text")
    .execute();
  await db.schema
    .createIndex("questions_by_session")
    .on("questions")
    .columns(["session_id", "state", "id"])
    .execute();
  await db.schema
    .createIndex("questions_open")
    .on("questions")
    .columns(["owner_id", "id"])
    .where(sql.ref("state"), "=", "open")
    .execute();
  await db.schema
    .createIndex("questions_expiring")
    .on("questions")
    .column("expires_at")
    .where(sql.ref("state"), "=", "open")
    .execute();

  await db.schema
    .createTable("usage")
    .addColumn("session_id", "text", (column) => column.notNull())
    .addColumn("seq", "bigint", (column) => column.notNull())
    .addColumn("task_id", "text", (column) => column.notNull())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("model", "text")
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("input_tokens", "bigint", (column) => column.notNull())
    .addColumn("output_tokens", "bigint", (column) => column.notNull())
    .addColumn("reasoning_tokens", "bigint")
    .addColumn("cached_input_tokens", "bigint")
    .addColumn("cost_usd", "double precision")
    .addColumn("price_source", "text")
    .addPrimaryKeyConstraint("usage_pk", ["session_id", "seq"])
    .execute();
  await db.schema.createIndex("usage_by_owner").on("usage").columns(["owner_id", "at"]).execute();

  await db.schema
    .createTable("nodes")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("started_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();

  await sql`update sessions set workspace = 'workspaces/' || id`.execute(db);
  // Other engines start with empty tables.
  if (!(db.getExecutor().adapter instanceof SqliteAdapter)) return;
  // A single pass over the events: the cross join keeps SQLite from reading them once per task.
  await sql`
    insert into usage (session_id, seq, task_id, owner_id, model, at, input_tokens, output_tokens, reasoning_tokens,
                       cached_input_tokens)
    select e.session_id, e.seq, t.id, t.owner_id, null, e.at,
           json_extract(e.data, '$.usage.inputTokens'), json_extract(e.data, '$.usage.outputTokens'),
           json_extract(e.data, '$.usage.reasoningTokens'), json_extract(e.data, '$.usage.cachedInputTokens')
    from events e cross join tasks t on t.id = e.task_id and t.session_id = e.session_id
    cross join sessions s on s.id = e.session_id
    where e.type = 'step.ended' and e.seq > s.imported_seq`.execute(db);
  // A patch omits nulls.
  await sql`
    update tasks set usage_json = json_patch('{}', json_object(
      'inputTokens', used.input, 'outputTokens', used.output,
      'reasoningTokens', used.reasoning, 'cachedInputTokens', used.cached))
    from (
      select task_id, sum(input_tokens) as input, sum(output_tokens) as output,
             sum(reasoning_tokens) as reasoning, sum(cached_input_tokens) as cached
      from usage group by task_id
    ) as used
    where used.task_id = tasks.id`.execute(db);
}
