import { type Kysely, sql } from "kysely";

/** What one node would keep in memory, and several have to share. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const text = `text collate "C"`;

const STATEMENTS = [
  `create table sign_in_codes (
    id ${text} primary key,
    hash ${text} not null unique,
    user_id ${text} not null,
    scope ${text} not null,
    parent_id ${text},
    expires_at bigint not null
  )`,
  "create index sign_in_codes_by_parent on sign_in_codes (parent_id, id)",
  // Unlogged: a crash of PostgreSQL empties them, which gives everybody a full bucket, once.
  `create unlogged table rate_limits (
    key ${text} primary key,
    full_at timestamptz not null
  ) with (fillfactor = 50)`,
  `create unlogged table open_streams (
    node ${text} not null,
    user_id ${text} not null,
    streams integer not null,
    seen_at timestamptz not null,
    primary key (node, user_id)
  ) with (fillfactor = 50)`,
  // The one directory for workspaces and blobs that belongs to this database.
  `create table shared_directory (
    only_one boolean primary key default true check (only_one),
    id ${text} not null
  )`,
  `create unlogged table shared_directory_nodes (
    file ${text} primary key,
    name ${text} not null,
    seen_at timestamptz not null
  )`,
];
