import type {
  ApprovalState,
  AuditEntry,
  BudgetScope,
  ProjectCredential,
  ProjectNetwork,
  ProjectSource,
  PushMessage,
  RuleEffect,
  Scope,
  TaskState,
  WorkspaceKind,
} from "@trunkline/contract";
import type { Generated } from "kysely";

/**
 * The tables of every engine. Times are integer ms since the epoch, ids are UUIDv7 text, JSON is text. Not known
 * outside `store/`: `nouns/` maps rows to the contract's camelCase shapes.
 */
export interface Database {
  sessions: SessionsTable;
  tasks: TasksTable;
  approvals: ApprovalsTable;
  questions: QuestionsTable;
  usage: UsageTable;
  events: EventsTable;
  nodes: NodesTable;
  users: UsersTable;
  tokens: TokensTable;
  invitations: InvitationsTable;
  sign_in_codes: SignInCodesTable;
  audit: AuditTable;
  blobs: BlobsTable;
  blob_uploads: BlobUploadsTable;
  blob_refs: BlobRefsTable;
  projects: ProjectsTable;
  project_credentials: ProjectCredentialsTable;
  provider_keys: ProviderKeysTable;
  budgets: BudgetsTable;
  budget_warnings: BudgetWarningsTable;
  mcp_servers: McpServersTable;
  mcp_authorizations: McpAuthorizationsTable;
  rules: RulesTable;
  shares: SharesTable;
  push_keys: PushKeysTable;
  push_subscriptions: PushSubscriptionsTable;
  push_deliveries: PushDeliveriesTable;
  retention: RetentionTable;
}

/** One row, once somebody has removed sessions by policy. */
export interface RetentionTable {
  id: 1;
  /** Whose turn it is, and until when, by the store's clock. */
  node: string | null;
  expires_at: number;
  /** When a node last looked. */
  seen_at: number | null;
  /** Until then nothing is removed: the time had jumped by `gap_ms`. */
  held_until: number | null;
  gap_ms: number | null;
}

export interface BudgetsTable {
  scope: BudgetScope;
  /** Empty for the server's. */
  id: string;
  /** `{ total, month }` */
  limits_json: string;
  updated_at: number;
}

/** Who was warned of a budget that is nearly used up, so that it is said once. */
export interface BudgetWarningsTable {
  scope: BudgetScope;
  id: string;
  /** The period, and what is limited. */
  about: string;
  at: number;
}

export interface ProjectsTable {
  id: string;
  owner_id: string;
  name: string;
  source_kind: ProjectSource["kind"];
  /** Path or URL. */
  source: string;
  base_ref: string | null;
  setup: string | null;
  network: ProjectNetwork;
  /** A list, as JSON. */
  allowed_hosts: string;
  /** A list, as JSON. */
  environment: string;
  instructions: string | null;
  shared: 0 | 1;
  created_at: number;
  updated_at: number;
  fetched_at: number | null;
  fetched_commit: string | null;
  fetch_error: string | null;
  /** Set while sessions still borrow from a deleted one. */
  deleted_at: number | null;
}

/** Approval rules of users, for all their sessions or those of a project; a session's own are in its log. */
export interface RulesTable {
  id: string;
  owner_id: string;
  project_id: string | null;
  effect: RuleEffect;
  tool: string | null;
  pattern: string | null;
  path: string | null;
  host: string | null;
  created_by: string;
  created_at: number;
  expires_at: number | null;
}

/** Links that let anybody read a session. */
export interface SharesTable {
  id: string;
  session_id: string;
  owner_id: string;
  /** SHA-256 of the secret, hex. */
  hash: string;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
}

/** One row, once a browser has asked for the key. */
export interface PushKeysTable {
  id: string;
  /** P-256, uncompressed, base64url. */
  public_key: string;
  /** The private one, encrypted; the key for that is not in the database. */
  sealed: string;
  created_at: number;
}

export interface PushSubscriptionsTable {
  id: string;
  user_id: string;
  token_id: string;
  /** Of its push service. */
  host: string;
  /** SHA-256 of the endpoint, hex. */
  endpoint_hash: string;
  /** Endpoint and keys, encrypted; the key for that is not in the database. */
  sealed: string;
  device: string;
  created_at: number;
  last_success_at: number | null;
  last_failure_at: number | null;
  failure: string | null;
  /** Its push service takes nothing until then. */
  not_before: number | null;
}

/** What a device has not been told yet about a session. */
export interface PushDeliveriesTable {
  subscription_id: string;
  session_id: string;
  /** A subagent's, or the same. */
  in_session_id: string;
  /** `session:seq` */
  event_id: string;
  kind: PushMessage["kind"];
  at: number;
  attempts: number;
  due_at: number;
}

export interface ProjectCredentialsTable {
  project_id: string;
  kind: ProjectCredential["kind"];
  /** Encrypted; the key is not in the database. */
  sealed: string;
  updated_at: number;
}

export interface ProviderKeysTable {
  user_id: string;
  provider: string;
  /** Encrypted; the key is not in the database. */
  sealed: string;
  updated_at: number;
}

export interface McpServersTable {
  id: string;
  owner_id: string;
  /** Null: for all sessions of its owner. */
  project_id: string | null;
  /** The project, else the owner: names are unique there. */
  place: string;
  name: string;
  /** JSON, with the names of its secrets alone. */
  transport: string;
  /** JSON. */
  settings: string;
  /** Its secrets, encrypted; the key is not in the database. */
  sealed: string | null;
  /** Raised by each change: connections of an earlier one are closed. */
  revision: number;
  created_at: number;
  updated_at: number;
}

/** What a user authorized an MCP server to, or is about to. */
export interface McpAuthorizationsTable {
  server_id: string;
  user_id: string;
  /** Tokens, encrypted. */
  sealed: string | null;
  authorized_at: number | null;
  /** What is needed to finish an authorization, encrypted. */
  pending: string | null;
  /** SHA-256 of its `state`, hex. */
  pending_hash: string | null;
  pending_until: number | null;
  /** A node is renewing the tokens. */
  refreshing_until: number | null;
}

/** Bytes that are stored as a file under their hash. */
export interface BlobsTable {
  sha256: string;
  bytes: number;
  media_type: string;
  /** When they were uploaded last. */
  created_at: number;
}

/** Who uploaded a blob: they may read it, and it counts as theirs. */
export interface BlobUploadsTable {
  owner_id: string;
  sha256: string;
  created_at: number;
}

/** Which events refer to a blob; folded from the log. */
export interface BlobRefsTable {
  session_id: string;
  seq: number;
  sha256: string;
}

export interface SessionsTable {
  id: string;
  owner_id: string;
  title: string;
  agent: string;
  model: string | null;
  effort: string | null;
  /** Relative to the data directory, so that the directory can be moved and restored elsewhere. */
  workspace: string;
  /** The task on behalf of which it works, its session, and those at the top. */
  parent_session_id: string | null;
  parent_task_id: string | null;
  root_session_id: string | null;
  root_task_id: string | null;
  parent_id: string | null;
  forked_at_seq: number | null;
  /** Seq of the newest event; raised under this row's lock, which makes commit order equal seq order. */
  last_seq: number;
  /** Queue position that the next task gets. */
  next_pos: number;
  created_at: number;
  updated_at: number;
  archived_at: number | null;
  /** Where an imported session came from; unique per owner, so that an import can be repeated. */
  import_key: string | null;
  /** Up to this event the log was imported: untrusted, and its approvals allow nothing. 0: none of it. */
  imported_seq: Generated<number>;
  /** Set while a session is being imported or removed: all the while it is not found. */
  deleted_at: number | null;
  /** The node that does that. */
  hidden_by: string | null;
  project_id: string | null;
  base_ref: string | null;
  branch: string | null;
  workspace_kind: Generated<WorkspaceKind>;
}

export interface TasksTable {
  id: string;
  session_id: string;
  /** Copied from the session, so that queues and idempotency keys are per owner without a join. */
  owner_id: string;
  pos: number;
  state: TaskState;
  reason: string | null;
  prompt: string;
  model: string | null;
  agent: string | null;
  effort: string | null;
  budget_json: string | null;
  /** Raised by every claim; the fencing token of a run. */
  attempt: number;
  /** Crashes of the server since the task's last completed step; too many, and it fails as `orphaned`. */
  crashes: number;
  /** Id of the node that runs it; the node's lease is the task's. */
  node: string | null;
  /** Open approvals and questions that it waits for. */
  open_requests: Generated<number>;
  /** Subagents that have not ended: a list of `OpenSubagent`; null: none. */
  children_json: string | null;
  /** When a task that waits for a limit resumes by itself. */
  resume_at: number | null;
  cancel_requested_at: number | null;
  /** The unfinished task that this one is a message for, while it is queued; or the one that it was handed to. */
  steers: string | null;
  /** Seq of the event that last set the message. */
  steer_seq: number | null;
  idempotency_key: string | null;
  /** SHA-256 of the submitted body, hex: tells a repeated submit from a conflicting one. */
  request_hash: string | null;
  /** Of its completed steps, whichever way it ended; null: there is none. */
  usage_json: string | null;
  /** What its current model call may use of shared budgets: `{ at, tokens, costUsd }`; null: nothing. */
  reserved_json: string | null;
  /** A `CurrentStep`; null: it has not started, or has ended. */
  step_json: string | null;
  result: string | null;
  error_code: string | null;
  error_message: string | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
}

/** A request and its outcome; the log has the same, this is for finding open ones. */
export interface ApprovalsTable {
  id: string;
  session_id: string;
  task_id: string;
  /** Copied from the session, so that an owner's open requests are found without a join. */
  owner_id: string;
  call_id: string;
  state: ApprovalState;
  /** Data of `approval.requested`. */
  request: string;
  created_at: number;
  expires_at: number;
  /** In words. */
  answered_by: string | null;
  answered_at: number | null;
  note: string | null;
}

/** A question of the agent, and what became of it. */
export interface QuestionsTable {
  id: string;
  session_id: string;
  task_id: string;
  owner_id: string;
  call_id: string;
  state: QuestionState;
  /** Data of `question.asked`: text, options, whether several may be chosen, a form. */
  question: string;
  created_at: number;
  expires_at: number | null;
  answered_by: string | null;
  answered_at: number | null;
  /** `{ text?, options? }` */
  answer: string | null;
}

export type QuestionState = "open" | "answered" | "expired" | "canceled";

/** Usage of each completed step. Outlives its session, because monthly budgets include deleted ones. */
export interface UsageTable {
  session_id: string;
  /** Of the step's `step.ended`. */
  seq: number;
  task_id: string;
  owner_id: string;
  model: string | null;
  at: number;
  input_tokens: number;
  output_tokens: number;
  reasoning_tokens: number | null;
  cached_input_tokens: number | null;
  /** Null: unknown price. */
  cost_usd: number | null;
  price_source: string | null;
  project_id: string | null;
  /** Working time since the task's last completed step; null: not recorded. */
  worked_ms: number | null;
}

/** A process that claims tasks, and until when its lease is valid. */
export interface NodesTable {
  id: string;
  /** For people. */
  name: string;
  started_at: number;
  expires_at: number;
}

export interface EventsTable {
  session_id: string;
  seq: number;
  task_id: string | null;
  attempt: number | null;
  type: string;
  /** Set on pieces of a block or of a tool's output, which go when the whole is stored. */
  block_id: string | null;
  at: number;
  data: string;
}

export interface UsersTable {
  id: string;
  name: string;
  created_at: number;
  /** Set if the user was removed and the sessions kept; the name stays taken. */
  removed_at: number | null;
}

export interface TokensTable {
  id: string;
  user_id: string;
  name: string;
  /** `api` for the Authorization header, `browser` for the UI's cookie. */
  kind: "api" | "browser";
  /** Its scope, which includes the ones before it. */
  scope: Scope;
  /** For a browser's sign-in: the token that its link was created with, and that it is revoked with. */
  parent_id: string | null;
  /** SHA-256 of the token, hex. The token itself has 256 random bits and is stored nowhere but with its holder. */
  hash: string;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
  revoked_at: number | null;
}

export interface InvitationsTable {
  user_id: string;
  scope: Scope;
  /** SHA-256 of the code, hex. */
  hash: string;
  created_at: number;
  expires_at: number;
  is_recovery: 0 | 1;
}

export interface SignInCodesTable {
  id: string;
  /** SHA-256 of the code, hex. */
  hash: string;
  user_id: string;
  scope: Scope;
  /** The token that made it; null: the server itself. */
  parent_id: string | null;
  expires_at: number;
}

/** Rows are only ever added: triggers refuse everything else. */
export interface AuditTable {
  id: string;
  at: number;
  user_id: string | null;
  user_name: string | null;
  token_id: string | null;
  action: string;
  target: string | null;
  decision: AuditEntry["decision"];
  detail: string | null;
  address: string | null;
  /** How many refusals of one kind the row stands for. */
  count: number;
}
