import type { RestRoute } from "./route.ts";

/** The part of `REST_ROUTES` that is about projects and their setup. */
export const PROJECT_ROUTES = {
  "session.retrySetup": {
    method: "POST",
    path: "/sessions/{sessionId}/setup/retry",
    status: 200,
    summary: "Retry a failed setup",
    description:
      "Submits the session's last task again if its setup made it fail: the setup runs first. Any other task is returned unchanged.",
    reasons: [
      "not_found",
      "setup_not_failed",
      "session_archived",
      "subagent_session",
      "idempotency_conflict",
    ],
  },
  "project.create": {
    method: "POST",
    path: "/projects",
    status: 201,
    summary: "Create a project",
    description:
      "A repository that sessions work in: on the server, or behind a git URL. It is fetched when its first session starts.",
    example: { name: "trunkline", source: { kind: "git", url: "https://github.com/example/trunkline.git" } },
    reasons: ["project_exists"],
  },
  "project.get": {
    method: "GET",
    path: "/projects/{projectId}",
    status: 200,
    summary: "Read a project",
    reasons: ["not_found"],
  },
  "project.list": {
    method: "GET",
    path: "/projects",
    status: 200,
    summary: "List your projects and shared ones, newest first",
    reasons: ["cursor_invalid"],
  },
  "project.update": {
    method: "PATCH",
    path: "/projects/{projectId}",
    status: 200,
    summary: "Rename a project, or change its settings",
    description:
      "Sessions that have started keep their files. To work from another source, create another project.",
    example: { baseRef: "main" },
    reasons: ["not_found", "project_exists"],
  },
  "project.delete": {
    method: "DELETE",
    path: "/projects/{projectId}",
    status: 200,
    summary: "Delete a project and its credential",
    description:
      "Refused while sessions use it, unless you insist with `force`. The source is not touched. Returns the project as it was.",
    reasons: ["not_found", "project_in_use"],
  },
  "project.setCredential": {
    method: "POST",
    path: "/projects/{projectId}/credential",
    status: 200,
    summary: "Store what a project's fetches sign in with",
    description: "Replaces an earlier one. It is stored encrypted, and nothing returns it.",
    example: { credential: { kind: "token", secret: "glpat-example" } },
    reasons: ["not_found"],
  },
  "project.removeCredential": {
    method: "DELETE",
    path: "/projects/{projectId}/credential",
    status: 200,
    summary: "Remove a project's credential",
    reasons: ["not_found"],
  },
} as const satisfies Record<`project.${string}` | "session.retrySetup", RestRoute>;
