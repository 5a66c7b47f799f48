import { type Kysely, sql } from "kysely";

/** Like SQLite's: devices that get push notifications, the key that these are signed with, and what they have not been told yet. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const text = `text collate "C"`;

const STATEMENTS = [
  `create table push_keys (
    id ${text} primary key,
    public_key ${text} not null,
    sealed ${text} not null,
    created_at bigint not null
  )`,
  `create table push_subscriptions (
    id ${text} primary key,
    user_id ${text} not null,
    token_id ${text} not null,
    host ${text} not null,
    endpoint_hash ${text} not null unique,
    sealed ${text} not null,
    device ${text} not null,
    created_at bigint not null,
    last_success_at bigint,
    last_failure_at bigint,
    failure ${text},
    not_before bigint
  )`,
  "create index push_subscriptions_by_user on push_subscriptions (user_id)",
  `create table push_deliveries (
    subscription_id ${text} not null,
    session_id ${text} not null,
    in_session_id ${text} not null,
    event_id ${text} not null,
    kind ${text} not null,
    at bigint not null,
    attempts integer not null,
    due_at bigint not null,
    primary key (subscription_id, session_id)
  )`,
  "create index push_deliveries_by_time on push_deliveries (due_at)",
  "create index push_deliveries_by_session on push_deliveries (session_id)",
];
