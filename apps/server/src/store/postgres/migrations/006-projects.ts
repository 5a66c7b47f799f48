import { type Kysely, sql } from "kysely";

/** Like SQLite's eleventh: projects, and which one a session works in. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const text = `text collate "C"`;

const STATEMENTS = [
  `create table projects (
    id ${text} primary key,
    owner_id ${text} not null,
    name ${text} not null,
    source_kind ${text} not null,
    source ${text} not null,
    base_ref ${text},
    setup ${text},
    network ${text} not null,
    allowed_hosts ${text} not null,
    environment ${text} not null,
    instructions ${text},
    shared integer not null,
    created_at bigint not null,
    updated_at bigint not null,
    fetched_at bigint,
    fetched_commit ${text},
    fetch_error ${text},
    deleted_at bigint
  )`,
  "create unique index projects_by_owner on projects (owner_id, name) where deleted_at is null",
  `create table project_credentials (
    project_id ${text} primary key,
    kind ${text} not null,
    sealed ${text} not null,
    updated_at bigint not null
  )`,
  `alter table sessions
    add column project_id ${text},
    add column base_ref ${text},
    add column branch ${text},
    add column workspace_kind ${text} not null default 'fresh'`,
  "create index sessions_by_project on sessions (project_id) where project_id is not null",
];
