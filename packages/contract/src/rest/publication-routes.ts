import type { ProcedurePath, RestRoute } from "./route.ts";

/** What leaves a session, and what comes back about it. */
export const PUBLICATION_ROUTES = {
  "session.publish": {
    method: "POST",
    path: "/sessions/{sessionId}/publish",
    status: 200,
    summary: "Publish a session's work as a branch, a pull or merge request, a patch, or a local branch",
    description:
      "Uncommitted work is committed first, with you as its author and the session in a trailer. Replaces only commits that " +
      "the session has published itself, and never touches the branch that work is merged into. Can be repeated. A patch is " +
      "downloaded from the `url` that it returns.",
    example: { kind: "patch" },
    reasons: ["not_found", "session_busy", "branch_moved", "credential_rejected", "remote_failed"],
  },
  "session.publication": {
    method: "GET",
    path: "/sessions/{sessionId}/publication",
    status: 200,
    summary: "Read what became of the published work: its request, checks and review comments",
    reasons: ["not_found", "credential_rejected", "remote_failed"],
  },
  "session.bringBack": {
    method: "POST",
    path: "/sessions/{sessionId}/bring-back",
    status: 201,
    summary: "Submit new review comments and failed checks as a task",
    description:
      "Submits the `feedback` of `session.publication`, as named by its `digest`. It has text by others in it, so from then on " +
      "more calls in this session need approval.",
    example: { digest: "0000000000000000000000000000000000000000000000000000000000000000" },
    reasons: [
      "not_found",
      "feedback_changed",
      "session_archived",
      "credential_rejected",
      "remote_failed",
      "subagent_session",
    ],
  },
  "session.archiveWork": {
    method: "POST",
    path: "/sessions/{sessionId}/archive-work",
    status: 200,
    summary: "Keep a session's work as a branch and a patch, and remove its workspace",
    description:
      "Uncommitted work is committed first, as by `session.publish`. The branch is kept in a private repository of the session's, " +
      "is part of backups, and goes with the session; `patch` is where to download it. Ignored files, such as installed packages, " +
      "are not kept. Changes and diffs still answer, and the work can be published. The next task, a fork or " +
      "`session.restoreWork` brings the workspace back. Refused if other branches, tags or stashes have commits that the " +
      "session's branch does not have, unless `discardWork` is true.",
    example: {},
    reasons: ["not_found", "session_busy", "unpublished_work"],
  },
  "session.restoreWork": {
    method: "POST",
    path: "/sessions/{sessionId}/restore-work",
    status: 200,
    summary: "Bring back the workspace of a session whose work is archived",
    description: "As the next task would. Does nothing if the session has its workspace.",
    reasons: ["not_found", "session_busy", "workspace_failed", "project_unreachable"],
  },
} as const satisfies Partial<Record<ProcedurePath, RestRoute>>;
