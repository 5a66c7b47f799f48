import type { Kysely } from "kysely";
import type { Store } from "../port.ts";
import type { SessionStore } from "../ports/sessions.ts";
import type { Database } from "../schema.ts";
import type { WriteStatements } from "../statement.ts";
import { createAuditStore } from "./audit.ts";
import { createBlobStore } from "./blobs.ts";
import type { Dialect } from "./dialect.ts";
import { createBudgetStore } from "./budgets.ts";
import { createEventStore } from "./events.ts";
import { createInvitationStore } from "./invitations.ts";
import { createMcpAuthorizationStore } from "./mcp-authorizations.ts";
import { createMcpServerStore } from "./mcp-servers.ts";
import { createNodeStore } from "./nodes.ts";
import { createProjectStore } from "./projects.ts";
import { createProviderKeyStore } from "./provider-keys.ts";
import { createPushStore } from "./pushes.ts";
import { createRetentionStore } from "./retention.ts";
import { createRuleStore } from "./rules.ts";
import { createApprovalStore, createQuestionStore } from "./requests.ts";
import { createSessionStore } from "./sessions.ts";
import { createShareStore } from "./shares.ts";
import { createSignInCodeStore } from "./sign-in-codes.ts";
import { createTaskStore } from "./tasks.ts";
import { createTokenStore } from "./tokens.ts";
import { createUsageStore } from "./usage.ts";
import { createUserStore } from "./users.ts";

type Nouns = Omit<
  Store,
  "append" | "outbox" | "turns" | "limits" | "sharedDirectory" | "isExclusive" | "now" | "ping" | "close"
>;

/** All that a store is read by, whatever its engine. */
export function createNouns(engine: {
  db: Kysely<Database>;
  write: WriteStatements;
  dialect: Dialect;
  /** By default `write`: leases must not wait behind other commits for long. */
  writeLease?: WriteStatements;
  /** Folds rows, and so is the engine's. */
  insertLog: SessionStore["insertLog"];
}): Nouns {
  const { db, write, dialect, insertLog, writeLease = write } = engine;
  return {
    events: createEventStore(db),
    sessions: { ...createSessionStore(db, write, dialect), insertLog },
    tasks: createTaskStore(db, dialect),
    approvals: createApprovalStore(db),
    questions: createQuestionStore(db),
    users: createUserStore(db, write),
    tokens: createTokenStore(db, write),
    invitations: createInvitationStore(db, write),
    signInCodes: createSignInCodeStore(db, write),
    audit: createAuditStore(db, write),
    blobs: createBlobStore(db, write),
    usage: createUsageStore(db),
    budgets: createBudgetStore(db, write),
    projects: createProjectStore(db, write),
    providerKeys: createProviderKeyStore(db, write),
    mcpServers: createMcpServerStore(db, write),
    mcpAuthorizations: createMcpAuthorizationStore(db, write),
    rules: createRuleStore(db, write),
    shares: createShareStore(db, write),
    pushes: createPushStore(db, write),
    retention: createRetentionStore(db, write, dialect),
    nodes: createNodeStore(db, writeLease, dialect),
  };
}
