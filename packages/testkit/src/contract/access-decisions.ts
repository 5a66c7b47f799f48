import { randomUUID } from "node:crypto";
import type { Scope } from "@trunkline/contract";
import { type ProcedurePath, REST_ROUTES } from "@trunkline/contract/rest";
import { type BusySession, FILE, WORD } from "./busy-session.ts";
import { newPushDevice } from "./push-device.ts";
import type { Input } from "./surface.ts";

/** What belongs to the user that the table's calls concern. */
export interface Owned extends BusySession {
  userId: string;
  tokenId: string;
  projectId: string;
  mcpServerId: string;
  ruleId: string;
  shareId: string;
  pushId: string;
}

/** What a procedure returns to an authenticated caller who is not the owner. */
export interface Decision {
  /** Required scope; repeated here, so that a slip in the table of scopes is noticed. */
  scope: Scope;
  /** Asks for something of the owner's, if the procedure takes an id. */
  input: (owned: Owned) => Input;
  /**
   * `not_found`: the same as if it did not exist. `own`: a result without anything of the owner's. Procedures with the
   * scope `admin` are `forbidden` in any case.
   */
  others: "not_found" | "own" | "forbidden";
}

/** A procedure without a decision does not compile, and fails the test that walks this table. */
export const DECISIONS: Readonly<Record<ProcedurePath, Decision>> = {
  "task.submit": {
    scope: "write",
    input: ({ sessionId }) => ({ prompt: "say: x", sessionId }),
    others: "not_found",
  },
  "task.get": { scope: "read", input: ({ ended }) => ({ taskId: ended }), others: "not_found" },
  "task.list": { scope: "read", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "task.cancel": { scope: "write", input: ({ active }) => ({ taskId: active }), others: "not_found" },
  "task.retry": { scope: "write", input: ({ ended }) => ({ taskId: ended }), others: "not_found" },
  "task.resume": { scope: "write", input: ({ active }) => ({ taskId: active }), others: "not_found" },
  "task.edit": {
    scope: "write",
    input: ({ queued: [taskId] }) => ({ taskId, prompt: "say: x" }),
    others: "not_found",
  },
  "task.steer": {
    scope: "write",
    input: ({ queued: [taskId] }) => ({ taskId }),
    others: "not_found",
  },
  "task.move": {
    scope: "write",
    input: ({ queued: [taskId] }) => ({ taskId, beforeTaskId: null }),
    others: "not_found",
  },

  "session.create": { scope: "write", input: () => ({ title: "x" }), others: "own" },
  "session.get": { scope: "read", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "session.list": { scope: "read", input: () => ({}), others: "own" },
  "session.events": { scope: "read", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "session.update": {
    scope: "write",
    input: ({ sessionId }) => ({ sessionId, title: "x" }),
    others: "not_found",
  },
  "session.fork": { scope: "write", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "session.retrySetup": { scope: "write", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "session.delete": { scope: "write", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "session.checkpoints": { scope: "read", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "session.changes": { scope: "read", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "session.diff": { scope: "read", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "session.revert": {
    scope: "write",
    input: ({ sessionId }) => ({ sessionId, toSeq: 1 }),
    others: "not_found",
  },
  "session.export": { scope: "read", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "session.import": { scope: "write", input: () => REST_ROUTES["session.import"].example, others: "own" },
  "session.subscribe": { scope: "read", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "session.publish": {
    scope: "write",
    input: ({ sessionId }) => ({ sessionId, kind: "patch" }),
    others: "not_found",
  },
  "session.publication": { scope: "read", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "session.bringBack": {
    scope: "write",
    input: ({ sessionId }) => ({ sessionId, digest: "0".repeat(64) }),
    others: "not_found",
  },
  "session.archiveWork": { scope: "write", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "session.restoreWork": { scope: "write", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },

  "session.network": { scope: "read", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "session.allowHost": {
    scope: "write",
    input: ({ sessionId }) => ({ sessionId, host: "registry.example" }),
    others: "not_found",
  },

  "rule.list": { scope: "read", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "rule.create": {
    scope: "write",
    input: ({ sessionId }) => ({ sessionId, effect: "allow", tool: "bash", pattern: "npm test" }),
    others: "not_found",
  },
  "rule.delete": { scope: "write", input: ({ ruleId }) => ({ ruleId }), others: "not_found" },

  "share.create": { scope: "write", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "share.list": { scope: "read", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "share.revoke": { scope: "write", input: ({ shareId }) => ({ shareId }), others: "not_found" },

  "push.subscribe": { scope: "write", input: () => newPushDevice(), others: "own" },
  "push.list": { scope: "read", input: () => ({}), others: "own" },
  "push.unsubscribe": {
    scope: "write",
    input: ({ pushId }) => ({ subscriptionId: pushId }),
    others: "not_found",
  },
  "push.test": { scope: "write", input: ({ pushId }) => ({ subscriptionId: pushId }), others: "not_found" },

  "project.create": {
    scope: "write",
    input: () => ({ name: randomUUID(), source: { kind: "git", url: "https://git.example/a.git" } }),
    others: "own",
  },
  "project.get": { scope: "read", input: ({ projectId }) => ({ projectId }), others: "not_found" },
  "project.list": { scope: "read", input: () => ({}), others: "own" },
  "project.update": {
    scope: "write",
    input: ({ projectId }) => ({ projectId, baseRef: "main" }),
    others: "not_found",
  },
  "project.delete": { scope: "write", input: ({ projectId }) => ({ projectId }), others: "not_found" },
  "project.setCredential": {
    scope: "write",
    input: ({ projectId }) => ({ projectId, credential: { kind: "token", secret: "x" } }),
    others: "not_found",
  },
  "project.removeCredential": {
    scope: "write",
    input: ({ projectId }) => ({ projectId }),
    others: "not_found",
  },

  "mcp.list": { scope: "read", input: ({ projectId }) => ({ projectId }), others: "not_found" },
  "mcp.get": {
    scope: "read",
    input: ({ mcpServerId: serverId }) => ({ serverId }),
    others: "not_found",
  },
  "mcp.restart": {
    scope: "write",
    input: ({ mcpServerId: serverId }) => ({ serverId }),
    others: "not_found",
  },
  "mcp.authorize": {
    scope: "write",
    input: ({ mcpServerId: serverId }) => ({ serverId, origin: "http://127.0.0.1:4400" }),
    others: "not_found",
  },
  "mcp.finishAuthorization": {
    scope: "write",
    input: () => ({ address: "http://127.0.0.1:4400/mcp/authorized?code=c&state=s" }),
    others: "not_found",
  },
  "mcp.prompt": {
    scope: "write",
    input: ({ mcpServerId: serverId }) => ({ serverId, name: "x" }),
    others: "not_found",
  },
  "mcp.add": {
    scope: "write",
    input: ({ projectId }) => ({ projectId, name: "x", transport: { kind: "stdio", command: "true" } }),
    others: "not_found",
  },
  "mcp.update": {
    scope: "write",
    input: ({ mcpServerId: serverId }) => ({ serverId, enabled: false }),
    others: "not_found",
  },
  "mcp.remove": {
    scope: "write",
    input: ({ mcpServerId: serverId }) => ({ serverId }),
    others: "not_found",
  },

  "usage.query": {
    scope: "read",
    input: ({ sessionId }) => ({ by: "day", sessionId }),
    others: "not_found",
  },
  "budget.get": {
    scope: "read",
    input: ({ sessionId }) => ({ scope: "session", id: sessionId }),
    others: "not_found",
  },
  "budget.set": {
    scope: "write",
    input: ({ sessionId }) => ({ scope: "session", id: sessionId, total: { steps: 1_000 } }),
    others: "not_found",
  },

  "workspace.list": { scope: "read", input: ({ sessionId }) => ({ sessionId }), others: "not_found" },
  "workspace.read": {
    scope: "read",
    input: ({ sessionId }) => ({ sessionId, path: FILE }),
    others: "not_found",
  },

  "approval.list": {
    scope: "read",
    input: ({ asking: { sessionId } }) => ({ sessionId }),
    others: "not_found",
  },
  "approval.answer": {
    scope: "write",
    input: ({ asking: { approvalId } }) => ({ approvalId, decision: "deny" }),
    others: "not_found",
  },
  "question.list": {
    scope: "read",
    input: ({ asking: { sessionId } }) => ({ sessionId }),
    others: "not_found",
  },
  "question.answer": {
    scope: "write",
    input: ({ asking: { questionId } }) => ({ questionId, answer: { text: "x" } }),
    others: "not_found",
  },

  "activity.subscribe": { scope: "read", input: () => ({}), others: "own" },
  "search.query": { scope: "read", input: () => ({ text: WORD }), others: "own" },
  // Only one's own can be named.
  "model.setKey": { scope: "write", input: () => ({ provider: "anthropic", key: "k" }), others: "own" },
  "model.removeKey": { scope: "write", input: () => ({ provider: "anthropic" }), others: "own" },
  "model.list": { scope: "read", input: () => ({}), others: "own" },
  "agent.list": { scope: "read", input: () => ({}), others: "own" },
  "server.info": { scope: "read", input: () => ({}), others: "own" },
  "server.drain": { scope: "admin", input: () => ({ draining: false }), others: "forbidden" },
  "server.retention": { scope: "admin", input: () => ({}), others: "forbidden" },

  "user.me": { scope: "read", input: () => ({}), others: "own" },
  "user.list": { scope: "admin", input: () => ({}), others: "forbidden" },
  "user.create": { scope: "admin", input: () => ({ name: "mallory" }), others: "forbidden" },
  "user.invite": { scope: "admin", input: ({ userId }) => ({ userId }), others: "forbidden" },
  "user.remove": { scope: "admin", input: ({ userId }) => ({ userId }), others: "forbidden" },
  "token.create": { scope: "write", input: ({ userId }) => ({ userId, name: "x" }), others: "not_found" },
  "token.list": { scope: "read", input: ({ userId }) => ({ userId }), others: "not_found" },
  "token.revoke": { scope: "write", input: ({ tokenId }) => ({ tokenId }), others: "not_found" },
  "audit.list": { scope: "admin", input: ({ userId }) => ({ userId }), others: "forbidden" },
};
