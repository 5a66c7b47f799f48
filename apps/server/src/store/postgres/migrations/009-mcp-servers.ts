import { type Kysely, sql } from "kysely";

/** Like SQLite's fourteenth: MCP servers of users and projects, and what users authorized them to. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const text = `text collate "C"`;

const STATEMENTS = [
  `create table mcp_servers (
    id ${text} primary key,
    owner_id ${text} not null,
    project_id ${text},
    place ${text} not null,
    name ${text} not null,
    transport ${text} not null,
    settings ${text} not null,
    sealed ${text},
    revision integer not null,
    created_at bigint not null,
    updated_at bigint not null
  )`,
  "create unique index mcp_servers_by_place on mcp_servers (place, name)",
  `create table mcp_authorizations (
    server_id ${text} not null,
    user_id ${text} not null,
    sealed ${text},
    authorized_at bigint,
    pending ${text},
    pending_hash ${text},
    pending_until bigint,
    refreshing_until bigint,
    primary key (server_id, user_id)
  )`,
];
