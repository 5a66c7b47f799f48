import { type Kysely, sql } from "kysely";

/**
 * Equivalent of SQLite's first seven migrations. Text sorts by bytes (`collate "C"`), whatever the database's
 * collation: pages are cut by ids, and must be the same on both engines.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const text = `text collate "C"`;

const STATEMENTS = [
  `create table users (
    id ${text} primary key,
    name ${text} not null unique,
    created_at bigint not null,
    removed_at bigint
  )`,
  `create table tokens (
    id ${text} primary key,
    user_id ${text} not null references users (id),
    name ${text} not null,
    kind ${text} not null,
    scope ${text} not null default 'read',
    parent_id ${text},
    hash ${text} not null unique,
    created_at bigint not null,
    expires_at bigint,
    last_used_at bigint,
    revoked_at bigint
  )`,
  "create index tokens_by_user on tokens (user_id, id)",
  "create index tokens_by_parent on tokens (parent_id) where parent_id is not null",
  `create table invitations (
    user_id ${text} primary key,
    scope ${text} not null,
    hash ${text} not null unique,
    created_at bigint not null,
    expires_at bigint not null,
    is_recovery integer not null default 0
  )`,
  `create table audit (
    id ${text} primary key,
    at bigint not null,
    user_id ${text},
    user_name ${text},
    token_id ${text},
    action ${text} not null,
    target ${text},
    decision ${text} not null,
    detail ${text},
    address ${text},
    count bigint not null default 1
  )`,
  "create index audit_by_user on audit (user_id, id)",
  "create index audit_by_action on audit (action, id)",
  // The engine itself keeps the trail immutable, whatever the server's code does.
  `create function refuse_audit_change() returns trigger language plpgsql as
    $$ begin raise exception 'the audit trail is append-only'; end $$`,
  `create trigger audit_no_change before update or delete or truncate on audit
    for each statement execute function refuse_audit_change()`,

  // Every append changes `last_seq`: free space in the page avoids updating an index (HOT).
  `create table sessions (
    id ${text} primary key,
    owner_id ${text} not null,
    title ${text} not null,
    title_folded ${text} not null default '',
    agent ${text} not null,
    model ${text},
    workspace ${text} not null,
    parent_id ${text},
    forked_at_seq bigint,
    last_seq bigint not null default 0,
    next_pos bigint not null default 1,
    created_at bigint not null,
    updated_at bigint not null,
    archived_at bigint,
    import_key ${text},
    imported_seq bigint not null default 0,
    deleted_at bigint
  ) with (fillfactor = 70)`,
  "create index sessions_listed on sessions (owner_id, updated_at, id) where archived_at is null",
  "create index sessions_archived on sessions (owner_id, updated_at, id) where archived_at is not null",
  "create index sessions_hidden on sessions (id) where deleted_at is not null",
  "create unique index sessions_import on sessions (owner_id, import_key) where import_key is not null",

  `create table tasks (
    id ${text} primary key,
    session_id ${text} not null references sessions (id),
    owner_id ${text} not null,
    pos bigint not null,
    state ${text} not null,
    reason ${text},
    prompt ${text} not null,
    model ${text},
    budget_json ${text},
    attempt integer not null default 0,
    crashes integer not null default 0,
    node ${text},
    open_requests integer not null default 0,
    resume_at bigint,
    cancel_requested_at bigint,
    idempotency_key ${text},
    request_hash ${text},
    usage_json ${text},
    result ${text},
    error_code ${text},
    error_message ${text},
    created_at bigint not null,
    started_at bigint,
    ended_at bigint
  ) with (fillfactor = 80)`,
  "create index tasks_by_session on tasks (session_id, state, pos)",
  "create index tasks_ended on tasks (session_id, ended_at)",
  "create index tasks_of_session on tasks (session_id, id)",
  "create index tasks_by_owner on tasks (owner_id, id)",
  "create index tasks_by_owner_state on tasks (owner_id, state, id)",
  "create unique index tasks_one_active on tasks (session_id) where state in ('working', 'input-required')",
  `create index tasks_unfinished on tasks (state, session_id)
    where state in ('submitted', 'working', 'input-required')`,
  `create unique index tasks_idempotency on tasks (owner_id, idempotency_key)
    where idempotency_key is not null`,
  "create index tasks_resuming on tasks (resume_at) where resume_at is not null",

  `create table approvals (
    id ${text} primary key,
    session_id ${text} not null references sessions (id),
    task_id ${text} not null,
    owner_id ${text} not null,
    call_id ${text} not null,
    state ${text} not null,
    request ${text} not null,
    created_at bigint not null,
    expires_at bigint not null,
    answered_by ${text},
    answered_at bigint,
    note ${text}
  )`,
  `create table questions (
    id ${text} primary key,
    session_id ${text} not null references sessions (id),
    task_id ${text} not null,
    owner_id ${text} not null,
    call_id ${text} not null,
    state ${text} not null,
    question ${text} not null,
    created_at bigint not null,
    expires_at bigint,
    answered_by ${text},
    answered_at bigint,
    answer ${text}
  )`,
  ...["approvals", "questions"].flatMap((table) => [
    `create index ${table}_by_session on ${table} (session_id, state, id)`,
    `create index ${table}_open on ${table} (owner_id, id) where state = 'open'`,
    `create index ${table}_expiring on ${table} (expires_at) where state = 'open'`,
  ]),

  `create table usage (
    session_id ${text} not null,
    seq bigint not null,
    task_id ${text} not null,
    owner_id ${text} not null,
    model ${text},
    at bigint not null,
    input_tokens bigint not null,
    output_tokens bigint not null,
    reasoning_tokens bigint,
    cached_input_tokens bigint,
    cost_usd double precision,
    price_source ${text},
    primary key (session_id, seq)
  )`,
  "create index usage_by_owner on usage (owner_id, at)",

  `create table events (
    session_id ${text} not null,
    seq bigint not null,
    task_id ${text},
    attempt integer,
    type ${text} not null,
    block_id ${text},
    at bigint not null,
    data ${text} not null,
    primary key (session_id, seq)
  )`,

  `create table blobs (
    sha256 ${text} primary key,
    bytes bigint not null,
    media_type ${text} not null,
    created_at bigint not null
  )`,
  `create table blob_uploads (
    owner_id ${text} not null,
    sha256 ${text} not null,
    created_at bigint not null,
    primary key (owner_id, sha256)
  )`,
  "create index blob_uploads_by_blob on blob_uploads (sha256)",
  `create table blob_refs (
    session_id ${text} not null,
    seq bigint not null,
    sha256 ${text} not null,
    primary key (session_id, seq, sha256)
  )`,
  "create index blob_refs_by_blob on blob_refs (sha256)",

  `create table nodes (
    id ${text} primary key,
    name ${text} not null,
    started_at bigint not null,
    expires_at bigint not null
  )`,

  // The last commit of each committing connection: settles a commit whose answer was lost.
  `create table commit_marks (
    lane ${text} primary key,
    batch bigint not null,
    at bigint not null
  ) with (fillfactor = 50)`,
];
