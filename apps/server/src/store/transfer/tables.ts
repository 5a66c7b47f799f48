/** What moves from one store to another, parents before the rows that refer to them; and the key that each is read in the order of. */
export const MOVED_TABLES = {
  users: ["id"],
  tokens: ["id"],
  invitations: ["user_id"],
  audit: ["id"],
  projects: ["id"],
  project_credentials: ["project_id"],
  provider_keys: ["user_id", "provider"],
  mcp_servers: ["id"],
  mcp_authorizations: ["server_id", "user_id"],
  rules: ["id"],
  sessions: ["id"],
  shares: ["id"],
  push_keys: ["id"],
  push_subscriptions: ["id"],
  push_deliveries: ["subscription_id", "session_id"],
  tasks: ["id"],
  approvals: ["id"],
  questions: ["id"],
  usage: ["session_id", "seq"],
  budgets: ["scope", "id"],
  budget_warnings: ["scope", "id", "about"],
  blobs: ["sha256"],
  blob_uploads: ["owner_id", "sha256"],
  blob_refs: ["session_id", "seq", "sha256"],
  events: ["session_id", "seq"],
} as const satisfies Record<string, readonly string[]>;

export type MovedTable = keyof typeof MOVED_TABLES;

/** What belongs to an engine or to the processes that ran on it. Each other table of either engine is a mistake of this list. */
export const LEFT_TABLES: readonly string[] = [
  // Of processes that have stopped.
  "nodes",
  "retention",
  "commit_marks",
  "open_streams",
  "rate_limits",
  "shared_directory",
  "shared_directory_nodes",
  // Good for minutes.
  "sign_in_codes",
  // Rebuilt from the logs, in the same order.
  "search_owners",
  "search_documents",
  "search_backlog",
  "search_gone",
  "search_version",
  // Their consumers have seen all of it: that is checked.
  "outbox",
  "outbox_consumers",
  "outbox_wanted",
  "kysely_migration",
  "kysely_migration_lock",
];

/** Columns derived from others of the row, on one engine. */
export const DERIVED_COLUMNS: ReadonlySet<string> = new Set(["title_folded"]);
