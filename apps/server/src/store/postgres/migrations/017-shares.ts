import { type Kysely, sql } from "kysely";

/** Like SQLite's: links that let anybody read a session. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const text = `text collate "C"`;

const STATEMENTS = [
  `create table shares (
    id ${text} primary key,
    session_id ${text} not null,
    owner_id ${text} not null,
    hash ${text} not null unique,
    created_at bigint not null,
    expires_at bigint,
    last_used_at bigint
  )`,
  "create index shares_by_session on shares (session_id, id)",
  "create index shares_by_owner on shares (owner_id)",
];
