import { type Kysely, sql } from "kysely";

/** Like SQLite's: approval rules of users. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const text = `text collate "C"`;

const STATEMENTS = [
  `create table rules (
    id ${text} primary key,
    owner_id ${text} not null,
    project_id ${text},
    effect ${text} not null,
    tool ${text},
    pattern ${text},
    path ${text},
    host ${text},
    created_by ${text} not null,
    created_at bigint not null,
    expires_at bigint
  )`,
  "create index rules_by_owner on rules (owner_id, id)",
  "create index rules_by_project on rules (project_id) where project_id is not null",
];
