import type { Scope } from "../principal.ts";
import { PROCEDURE_SCOPES } from "../procedure-scopes.ts";
import { ACCESS_ROUTES } from "./access-routes.ts";
import { BUDGET_ROUTES } from "./budget-routes.ts";
import { MCP_ROUTES } from "./mcp-routes.ts";
import { MODEL_ROUTES } from "./model-routes.ts";
import { NETWORK_ROUTES } from "./network-routes.ts";
import { PROJECT_ROUTES } from "./project-routes.ts";
import { RULE_ROUTES } from "./rule-routes.ts";
import { PUSH_ROUTES } from "./push-routes.ts";
import { SHARE_ROUTES } from "./share-routes.ts";
import { PUBLICATION_ROUTES } from "./publication-routes.ts";
import type { ProcedurePath, RestRoute } from "./route.ts";
import { TASK_ROUTES } from "./task-routes.ts";

/** Prefix of all REST routes. */
export const REST_ROOT = "/api";

/** Scope that the token must have. A procedure missing from the table does not compile. */
export const REQUIRED_SCOPES: Readonly<Record<ProcedurePath, Scope>> = PROCEDURE_SCOPES;

/**
 * REST, procedure by procedure: same inputs, outputs and errors as tRPC. A procedure without a route does not compile.
 * A query and a subscription may share a path; `Accept` decides (RFC 9110, 12.5.1).
 */
export const REST_ROUTES = {
  ...TASK_ROUTES,

  "session.create": {
    method: "POST",
    path: "/sessions",
    status: 201,
    summary: "Create an empty session",
    example: { title: "Experiments" },
    reasons: ["not_found", "model_unknown", "agent_unknown"],
  },
  "session.list": {
    method: "GET",
    path: "/sessions",
    status: 200,
    summary: "List your sessions, most recently changed first",
    reasons: ["cursor_invalid"],
  },
  "session.import": {
    method: "POST",
    path: "/sessions/import",
    status: 200,
    summary: "Create a session from an exported document",
    description:
      "Takes an exported document, also as the body itself with `importKey` in the query. Ids are new, " +
      "everything else is kept; unfinished tasks are canceled. `created` is false if an earlier import of the same " +
      "document under the same `importKey` is returned. Reads bodies of up to 8 GiB as a stream; over tRPC a document may " +
      "have about 4 MiB.",
    example: {
      document: {
        format: "trunkline.session",
        version: 1,
        session: { title: "Imported", agent: "default", model: null, createdAt: 1, updatedAt: 1 },
        tasks: [],
        events: [
          { seq: 1, taskId: null, at: 1, type: "session.created", data: { title: "Imported", model: null } },
        ],
      },
    },
    reasons: ["idempotency_conflict"],
  },
  "session.get": {
    method: "GET",
    path: "/sessions/{sessionId}",
    status: 200,
    summary: "Read a session with its tasks",
    reasons: ["not_found"],
  },
  "session.update": {
    method: "PATCH",
    path: "/sessions/{sessionId}",
    status: 200,
    summary: "Rename or archive a session, or change its model",
    example: { title: "Experiments", archived: false },
    reasons: ["not_found", "model_unknown", "agent_unknown"],
  },
  "session.delete": {
    method: "DELETE",
    path: "/sessions/{sessionId}",
    status: 200,
    summary: "Delete a session with its events and files",
    description:
      "Cancels running tasks first. Returns the session as it was. A clone of a project is kept while it has work that is published " +
      "nowhere, unless `discardWork` says otherwise.",
    reasons: ["not_found", "unpublished_work"],
  },
  ...PUBLICATION_ROUTES,
  "session.fork": {
    method: "POST",
    path: "/sessions/{sessionId}/fork",
    status: 201,
    summary: "Fork a session at any event",
    description: "A new session that starts with the same events and a copy of the files.",
    example: { title: "Another way" },
    reasons: ["not_found", "cursor_invalid", "session_busy", "workspace_failed", "project_unreachable"],
  },
  "session.checkpoints": {
    method: "GET",
    path: "/sessions/{sessionId}/checkpoints",
    status: 200,
    summary: "List the saved states of a session's files, newest first",
    reasons: ["not_found", "cursor_invalid"],
  },
  "session.changes": {
    method: "GET",
    path: "/sessions/{sessionId}/changes",
    status: 200,
    summary: "List the files that a session changed",
    description: "The net difference between two checkpoints, whatever wrote the files. Renames are found.",
    reasons: ["not_found", "cursor_invalid"],
  },
  "session.diff": {
    method: "GET",
    path: "/sessions/{sessionId}/diff",
    status: 200,
    summary: "Read the changes of one file, or of all",
    reasons: ["not_found", "cursor_invalid"],
  },
  "session.revert": {
    method: "POST",
    path: "/sessions/{sessionId}/revert",
    status: 200,
    summary: "Restore a session's files as they were after an event",
    description:
      "All of them, or some paths. Saves a checkpoint first, so that a revert can be reverted. Ignored files stay as " +
      "they are, and so does the repository: branch, index and commits. Returns the session.",
    example: { toSeq: 12 },
    reasons: ["not_found", "cursor_invalid", "session_busy", "workspace_archived"],
  },
  "session.events": {
    method: "GET",
    path: "/sessions/{sessionId}/events",
    status: 200,
    summary: "Read a session's events, or follow them",
    description:
      "A page as JSON, or, with `Accept: text/event-stream`, all events and then each new one as it happens.",
    reasons: ["not_found"],
  },
  "session.subscribe": {
    method: "GET",
    path: "/sessions/{sessionId}/events",
    status: 200,
    summary: "Follow a session's events",
    description:
      "Server-sent events: one message per event, its `id` the event's seq, its `data` the event as JSON. The " +
      "comment `: live` marks the end of history. To resume without gap or duplicate, send the last id as " +
      "`Last-Event-ID`, which EventSource does by itself, or as `lastEventId` in the query. A message named " +
      "`failure`, whose data is an error, ends a stream that the server can't continue.",
    reasons: ["not_found", "cursor_invalid"],
  },
  "session.export": {
    method: "GET",
    path: "/sessions/{sessionId}/export",
    status: 200,
    summary: "Export a session as one document",
    description: "Streamed, of any size; over tRPC at most about 4 MiB.",
    reasons: ["not_found", "payload_too_large"],
  },

  ...NETWORK_ROUTES,
  ...RULE_ROUTES,
  ...SHARE_ROUTES,
  ...PUSH_ROUTES,
  ...BUDGET_ROUTES,
  ...PROJECT_ROUTES,
  ...MCP_ROUTES,

  "workspace.list": {
    method: "GET",
    path: "/sessions/{sessionId}/files",
    status: 200,
    summary: "List a directory of a session's workspace",
    description:
      "One directory as it is now, without what is below. A session that has not run a tool has no files.",
    reasons: ["not_found", "cursor_invalid", "workspace_archived"],
  },
  "workspace.read": {
    method: "GET",
    path: "/sessions/{sessionId}/text",
    status: 200,
    summary: "Read a text file of a session's workspace",
    description: "A piece at a time: read on with `fromByte` and the last `nextByte`.",
    reasons: ["not_found", "workspace_archived"],
  },

  "approval.list": {
    method: "GET",
    path: "/approvals",
    status: 200,
    summary: "List tool calls that need your approval, newest first",
    reasons: ["not_found", "cursor_invalid"],
  },
  "approval.answer": {
    method: "POST",
    path: "/approvals/{approvalId}/answer",
    status: 200,
    summary: "Allow or deny a tool call",
    description:
      "Returns once the decision is committed; the task then continues. Repeating the same decision returns the " +
      "same result.",
    example: { decision: "deny", note: "Use the copy in the workspace" },
    reasons: ["not_found", "approval_closed"],
  },
  "question.list": {
    method: "GET",
    path: "/questions",
    status: 200,
    summary: "List the agent's open questions, newest first",
    reasons: ["not_found", "cursor_invalid"],
  },
  "question.answer": {
    method: "POST",
    path: "/questions/{questionId}/answer",
    status: 200,
    summary: "Answer a question of the agent",
    description:
      "Returns once the answer is committed; the task then continues. Repeating the same answer returns the same result.",
    example: { answer: { text: "Use PostgreSQL" } },
    reasons: ["not_found", "question_closed"],
  },
  "agent.list": {
    method: "GET",
    path: "/agents",
    status: 200,
    summary: "List agents, models and tools",
    reasons: [],
  },
  ...MODEL_ROUTES,

  "activity.subscribe": {
    method: "GET",
    path: "/activity",
    status: 200,
    summary: "Follow changes of your sessions",
    description:
      "Server-sent events: each message contains the sessions that changed, in their current state. The first has `reset`: " +
      "read the list then, and keep it up to date with what follows.",
    reasons: [],
  },
  "search.query": {
    method: "GET",
    path: "/search",
    status: 200,
    summary: "Search the text of all your sessions",
    reasons: ["cursor_invalid"],
  },
  "server.info": {
    method: "GET",
    path: "/server",
    status: 200,
    summary: "Read the server's version, tools and limits",
    reasons: [],
  },
  "server.drain": {
    method: "POST",
    path: "/server/drain",
    status: 200,
    summary: "Drain a server, or end its draining",
    description:
      "The server that answers starts no more tasks, and `/ready` answers 503, so that a load balancer sends new requests " +
      "to others. Running tasks continue, and other nodes on the same database run what is queued. `draining: false` undoes it.",
    example: { draining: true },
    reasons: [],
  },
  "server.retention": {
    method: "GET",
    path: "/server/retention",
    status: 200,
    summary: "Preview which sessions the server's policy removes, and when",
    description:
      "Sessions go as the operator's configuration has it (`retention`), by the same path as `session.delete`. Without a " +
      "policy, nothing does.",
    reasons: [],
  },

  ...ACCESS_ROUTES,
} as const satisfies Record<ProcedurePath, RestRoute>;
