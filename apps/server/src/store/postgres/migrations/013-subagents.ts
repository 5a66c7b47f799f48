import { type Kysely, sql } from "kysely";

/** Like SQLite's eighteenth: sessions that work on behalf of a task, and the tasks that wait for them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const text = `text collate "C"`;

const STATEMENTS = [
  `alter table sessions
    add column parent_session_id ${text},
    add column parent_task_id ${text},
    add column root_session_id ${text},
    add column root_task_id ${text}`,
  `alter table tasks add column children_json ${text}`,
  "create index sessions_by_parent_session on sessions (parent_session_id) where parent_session_id is not null",
  "create index sessions_by_root_session on sessions (root_session_id) where root_session_id is not null",
];
