import type { Scope } from "../principal.ts";
import { PROCEDURE_SCOPES } from "../procedure-scopes.ts";
import { PROJECT_ROUTES } from "./project-routes.ts";
import { PUBLICATION_ROUTES } from "./publication-routes.ts";
import type { ProcedurePath, RestRoute } from "./route.ts";

/** Prefix of all REST routes. */
export const REST_ROOT = "/api";

/** Scope that the token must have. A procedure missing from the table does not compile. */
export const REQUIRED_SCOPES: Readonly<Record<ProcedurePath, Scope>> = PROCEDURE_SCOPES;

/**
 * REST, procedure by procedure: same inputs, outputs and errors as tRPC. A procedure without a route does not compile.
 * A query and a subscription may share a path; `Accept` decides (RFC 9110, 12.5.1).
 */
export const REST_ROUTES = {
  "task.submit": {
    method: "POST",
    path: "/tasks",
    status: 201,
    summary: "Submit a task",
    description:
      "Returns once the task is committed; it then runs on the server, whether or not anybody is watching. Without " +
      "`sessionId` it starts a new session. The same `idempotencyKey` returns the first task.",
    example: { prompt: "say: hello" },
    reasons: ["not_found", "model_unknown", "session_busy", "idempotency_conflict"],
  },
  "task.list": {
    method: "GET",
    path: "/tasks",
    status: 200,
    summary: "List your tasks, newest first",
    reasons: ["not_found", "cursor_invalid"],
  },
  "task.get": {
    method: "GET",
    path: "/tasks/{taskId}",
    status: 200,
    summary: "Read a task",
    reasons: ["not_found"],
  },
  "task.edit": {
    method: "PATCH",
    path: "/tasks/{taskId}",
    status: 200,
    summary: "Change the prompt of a queued task",
    example: { prompt: "say: hello again" },
    reasons: ["not_found", "task_not_queued"],
  },
  "task.move": {
    method: "POST",
    path: "/tasks/{taskId}/move",
    status: 200,
    summary: "Move a queued task",
    example: { beforeTaskId: null },
    reasons: ["not_found", "task_not_queued"],
  },
  "task.cancel": {
    method: "POST",
    path: "/tasks/{taskId}/cancel",
    status: 200,
    summary: "Cancel a task",
    description:
      "A queued task is canceled immediately; a running one once its processes have ended, for which the call waits a " +
      "few seconds. A task that has already ended is returned unchanged.",
    reasons: ["not_found"],
  },
  "task.retry": {
    method: "POST",
    path: "/tasks/{taskId}/retry",
    status: 201,
    summary: "Retry an ended task, as a new task",
    reasons: ["not_found", "task_not_terminal"],
  },
  "task.resume": {
    method: "POST",
    path: "/tasks/{taskId}/resume",
    status: 200,
    summary: "Try a rate-limited task now",
    description:
      "A task whose provider is rate-limited for long waits in `input-required` with the reason `limit`, and resumes " +
      "once the limit resets. This resumes it now. Any other task is returned unchanged.",
    reasons: ["not_found"],
  },

  "session.create": {
    method: "POST",
    path: "/sessions",
    status: 201,
    summary: "Create an empty session",
    example: { title: "Experiments" },
    reasons: ["not_found", "model_unknown"],
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
    reasons: ["payload_too_large", "idempotency_conflict", "rate_limited", "storage_full"],
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
    reasons: ["not_found", "model_unknown"],
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
    reasons: ["not_found", "cursor_invalid"],
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
    reasons: ["not_found", "cursor_invalid", "session_busy", "storage_full"],
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
    reasons: ["not_found", "cursor_invalid", "rate_limited"],
  },
  "session.export": {
    method: "GET",
    path: "/sessions/{sessionId}/export",
    status: 200,
    summary: "Export a session as one document",
    description: "Streamed, of any size; over tRPC at most about 4 MiB.",
    reasons: ["not_found", "payload_too_large"],
  },

  "session.network": {
    method: "GET",
    path: "/sessions/{sessionId}/network",
    status: 200,
    summary: "Read what a session's commands can reach",
    reasons: ["not_found"],
  },
  "session.allowHost": {
    method: "POST",
    path: "/sessions/{sessionId}/network/hosts",
    status: 200,
    summary: "Allow a session's commands to reach a host",
    description: "For the rest of the session, commands that run included, and for its forks.",
    example: { host: "registry.example.com" },
    reasons: ["not_found"],
  },

  ...PROJECT_ROUTES,

  "workspace.list": {
    method: "GET",
    path: "/sessions/{sessionId}/files",
    status: 200,
    summary: "List a directory of a session's workspace",
    description:
      "One directory as it is now, without what is below. A session that has not run a tool has no files.",
    reasons: ["not_found", "cursor_invalid"],
  },
  "workspace.read": {
    method: "GET",
    path: "/sessions/{sessionId}/text",
    status: 200,
    summary: "Read a text file of a session's workspace",
    description: "A piece at a time: read on with `fromByte` and the last `nextByte`.",
    reasons: ["not_found"],
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

  "activity.subscribe": {
    method: "GET",
    path: "/activity",
    status: 200,
    summary: "Follow changes of your sessions",
    description:
      "Server-sent events: each message contains the sessions that changed, in their current state. The first has `reset`: " +
      "read the list then, and keep it up to date with what follows.",
    reasons: ["rate_limited"],
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

  "user.me": {
    method: "GET",
    path: "/me",
    status: 200,
    summary: "Read who you are and what your token allows",
    reasons: [],
  },
  "user.list": {
    method: "GET",
    path: "/users",
    status: 200,
    summary: "List the users, newest first",
    reasons: ["cursor_invalid"],
  },
  "user.create": {
    method: "POST",
    path: "/users",
    status: 201,
    summary: "Add a user, or restore a removed one",
    description: "The user needs an invitation to join.",
    example: { name: "alice" },
    reasons: ["not_found", "user_exists"],
  },
  "user.invite": {
    method: "POST",
    path: "/users/{userId}/invitation",
    status: 201,
    summary: "Invite a new user",
    description:
      "Returns a code that lets the user in, once; earlier ones stop working. Send it to them as " +
      '`URL/invite?code=…`, or let them `POST /invite` with `{"code": …}`, which answers with their first token. Only for a ' +
      "user who has never had a token: nobody, including admins, can be let in beside them.",
    example: { scope: "write" },
    reasons: ["not_found", "user_joined"],
  },
  "user.remove": {
    method: "DELETE",
    path: "/users/{userId}",
    status: 200,
    summary: "Remove a user",
    description:
      "Their tokens are revoked, their streams end, and their running tasks are canceled. Their sessions are kept, " +
      "inaccessible until the user is restored, or are deleted with `deleteSessions`.",
    reasons: ["not_found", "unpublished_work"],
  },
  "token.create": {
    method: "POST",
    path: "/tokens",
    status: 201,
    summary: "Create a token of your own",
    description: "Returns its secret, only once. Needs a token itself; a browser's sign-in is not enough.",
    example: { name: "backup script", scope: "read" },
    reasons: ["not_found"],
  },
  "token.list": {
    method: "GET",
    path: "/tokens",
    status: 200,
    summary: "List your tokens and signed-in browsers, newest first",
    reasons: ["not_found", "cursor_invalid"],
  },
  "token.revoke": {
    method: "DELETE",
    path: "/tokens/{tokenId}",
    status: 200,
    summary: "Revoke a token",
    description: "Browsers that were signed in with it are signed out, and live streams end within a second.",
    reasons: ["not_found"],
  },
  "audit.list": {
    method: "GET",
    path: "/audit",
    status: 200,
    summary: "Read the audit trail, newest first",
    reasons: ["cursor_invalid"],
  },
} as const satisfies Record<ProcedurePath, RestRoute>;
