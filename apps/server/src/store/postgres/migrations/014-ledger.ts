import { type Kysely, sql } from "kysely";
import { countSummaries, fillProjects } from "../../migrations/019-ledger.ts";

/** Like SQLite's nineteenth: what budgets need. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  await countSummaries(db);
  await fillProjects(db);
}

const text = `text collate "C"`;

const STATEMENTS = [
  "create index sessions_by_parent_task on sessions (parent_task_id) where parent_task_id is not null",
  `alter table tasks add column reserved_json ${text}`,
  `alter table usage add column project_id ${text}, add column worked_ms bigint`,
  "create index usage_by_project on usage (project_id, at) where project_id is not null",
  `create table budgets (
    scope ${text} not null,
    id ${text} not null,
    limits_json ${text} not null,
    updated_at bigint not null,
    primary key (scope, id)
  )`,
  `create table budget_warnings (
    scope ${text} not null,
    id ${text} not null,
    about ${text} not null,
    at bigint not null,
    primary key (scope, id, about)
  )`,
];
