import { type SessionEvent, TrunklineError } from "@trunkline/contract";
import type { AppendOptions, StoredDraft } from "./ports/append.ts";
import type { AuditStore } from "./ports/audit.ts";
import type { BlobStore } from "./ports/blobs.ts";
import type { BudgetStore } from "./ports/budgets.ts";
import type { EventStore } from "./ports/events.ts";
import type { InvitationStore } from "./ports/invitations.ts";
import type { McpAuthorizationStore } from "./ports/mcp-authorizations.ts";
import type { McpServerStore } from "./ports/mcp-servers.ts";
import type { NodeStore } from "./ports/nodes.ts";
import type { OutboxStore } from "./ports/outbox.ts";
import type { ProjectStore } from "./ports/projects.ts";
import type { ProviderKeyStore } from "./ports/provider-keys.ts";
import type { PushStore } from "./ports/pushes.ts";
import type { RetentionStore } from "./ports/retention.ts";
import type { RuleStore } from "./ports/rules.ts";
import type { ApprovalStore, QuestionStore } from "./ports/requests.ts";
import type { SessionStore } from "./ports/sessions.ts";
import type { ShareStore } from "./ports/shares.ts";
import type { SharedDirectoryStore } from "./ports/shared-directory.ts";
import type { SharedLimits } from "./ports/shared-limits.ts";
import type { SignInCodeStore } from "./ports/sign-in-codes.ts";
import type { TaskStore } from "./ports/tasks.ts";
import type { TokenStore } from "./ports/tokens.ts";
import type { Turns } from "./ports/turns.ts";
import type { UsageStore } from "./ports/usage.ts";
import type { UserStore } from "./ports/users.ts";
import type { Guard } from "./refusal.ts";

export type { AppendOptions, StoredDraft } from "./ports/append.ts";
export type { AuditRecord, AuditStore } from "./ports/audit.ts";
export type { BlobStore } from "./ports/blobs.ts";
export type { BudgetKey, StoredBudget } from "./ports/budgets.ts";
export type { EventStore, ListedEvent, ReadRange, TypesRange } from "./ports/events.ts";
export type { InvitationStore, StoredInvitation } from "./ports/invitations.ts";
export type { McpAuthorizationKey } from "./ports/mcp-authorizations.ts";
export type { McpServerStore, StoredMcpServer } from "./ports/mcp-servers.ts";
export type { NodeStore } from "./ports/nodes.ts";
export type { OutboxEntry, OutboxStore } from "./ports/outbox.ts";
export type { ProjectStore } from "./ports/projects.ts";
export type { ProviderKeyStore } from "./ports/provider-keys.ts";
export type { DuePush, PushDelivery, PushStore, StoredPushSubscription } from "./ports/pushes.ts";
export type { ClockRecord, RetentionStore, RetiringSession } from "./ports/retention.ts";
export type { RuleStore, StoredRule } from "./ports/rules.ts";
export type { ApprovalStore, QuestionStore, RequestStore } from "./ports/requests.ts";
export type { ImportedEvent, SessionStore, StoredSession } from "./ports/sessions.ts";
export type { ShareStore, StoredShare } from "./ports/shares.ts";
export type { QueueHead, StartableSession, StoredTask, TaskStore } from "./ports/tasks.ts";
export type { SharedDirectoryStore } from "./ports/shared-directory.ts";
export type { SharedLimits } from "./ports/shared-limits.ts";
export type { SignInCodeStore } from "./ports/sign-in-codes.ts";
export type { NewToken, StoredToken, TokenStore } from "./ports/tokens.ts";
export type { Turns } from "./ports/turns.ts";
export type { Reservation, Spending, UsageOf, UsageSum } from "./ports/usage.ts";
export type { UserStore } from "./ports/users.ts";
export type { Guard } from "./refusal.ts";
export { agentsPath, mirrorPath, preparingPath, sparePath, workspacePath } from "./workspace-path.ts";

/**
 * What is kept, in nouns. Whatever happens in a session is appended to its log, and the rows that lists and queues are
 * read from follow from those events, by the reducers in `rows/`, in the same transaction. No other room knows the engine.
 */
export interface Store {
  /**
   * Commits the events and what follows from them in one transaction; they are durable when the promise resolves. Appends
   * of one session are committed in the order of the calls. A refused one leaves no trace.
   * @throws GuardFailedError FencedError UniqueViolationError StoreUnavailableError
   */
  append(sessionId: string, events: readonly StoredDraft[], options?: AppendOptions): Promise<SessionEvent[]>;
  readonly events: EventStore;
  readonly sessions: SessionStore;
  readonly tasks: TaskStore;
  readonly approvals: ApprovalStore;
  readonly questions: QuestionStore;
  readonly users: UserStore;
  readonly tokens: TokenStore;
  readonly invitations: InvitationStore;
  readonly signInCodes: SignInCodeStore;
  readonly audit: AuditStore;
  readonly blobs: BlobStore;
  readonly usage: UsageStore;
  readonly budgets: BudgetStore;
  readonly projects: ProjectStore;
  readonly providerKeys: ProviderKeyStore;
  readonly mcpServers: McpServerStore;
  readonly mcpAuthorizations: McpAuthorizationStore;
  readonly rules: RuleStore;
  readonly shares: ShareStore;
  readonly pushes: PushStore;
  readonly retention: RetentionStore;
  readonly nodes: NodeStore;
  readonly outbox: OutboxStore;
  readonly turns: Turns;
  /** Null where one process has the store to itself, and so counts alone. */
  readonly limits: SharedLimits | null;
  /** The same for the directory of workspaces and blobs. */
  readonly sharedDirectory: SharedDirectoryStore | null;
  /** Whether no other process can have the store open: leases of others are then over. */
  readonly isExclusive: boolean;
  /** The time by which all who share the store set deadlines and keep them: integer ms since the epoch. */
  readonly now: () => number;
  /** Asks the engine for the least there is. @throws StoreUnavailableError */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The rows are not as the append needs them; nothing of it was stored. */
export class GuardFailedError extends Error {
  override readonly name = "GuardFailedError";
  readonly guard: Guard;
  constructor(message: string, guard: Guard = "row") {
    super(message);
    this.guard = guard;
  }
}

/** The attempt that writes has lost its task; nothing of its append was stored. */
export class FencedError extends Error {
  override readonly name = "FencedError";
}

/** A unique index refused the append. `index` is the index's columns as the engine names them. */
export class UniqueViolationError extends Error {
  override readonly name = "UniqueViolationError";
  readonly index: string;
  constructor(index: string) {
    super(`unique index violated: ${index}`);
    this.index = index;
  }
}

/**
 * The database cannot be used as it is, and nothing was changed. The message says what to do.
 * `damaged`: it was written by something else than SQLite. `too_new`: by a later version of Trunkline. `unsupported`: the
 * server is none that Trunkline can work with. `unreachable`: it does not answer, or lets nobody in.
 */
export class StoreOpenError extends Error {
  override readonly name = "StoreOpenError";
  readonly reason: "damaged" | "too_new" | "storage_full" | "unsupported" | "unreachable";

  constructor(reason: StoreOpenError["reason"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/**
 * The store cannot commit right now; nothing of the append was acknowledged. An expected failure: callers are told.
 * `storage_full`: the disk has no room, and commits work again once it has. `unavailable`: the store is of no more use.
 */
export class StoreUnavailableError extends TrunklineError {
  constructor(reason: "storage_full" | "unavailable", message: string, options?: ErrorOptions) {
    super(reason, message, options);
  }
}
