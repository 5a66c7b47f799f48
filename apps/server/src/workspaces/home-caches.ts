/**
 * What tools keep in the home of a user, which is the workspace for a session's commands: nobody's work, and neither saved
 * nor published. Patterns of gitignore(5); what a repository tracks is not concerned.
 */
export const HOME_CACHES: readonly string[] = [
  "/.cache/",
  "/.npm/",
  "/.cargo/git/",
  "/.cargo/registry/",
  "/go/pkg/mod/",
  "/.local/share/pnpm/",
  "/.local/state/",
  "/.node_repl_history",
  "/.python_history",
];
