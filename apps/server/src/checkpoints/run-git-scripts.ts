import { join } from "node:path";
import type { Git } from "../git/port.ts";
import type { RunGitScript } from "./git-script.ts";

/** The author of checkpoints; they never leave the server. */
const IDENTITY = {
  GIT_AUTHOR_NAME: "Trunkline",
  GIT_AUTHOR_EMAIL: "trunkline@localhost",
  GIT_COMMITTER_NAME: "Trunkline",
  GIT_COMMITTER_EMAIL: "trunkline@localhost",
};

/** Exit codes that are answers: a commit is gone; `timeout` has ended git. */
const ANSWERS = [0, 44, 124];

/**
 * Runs the scripts in the sandbox, which sees the workspace and the private repository alone: whatever a workspace says
 * to git, nothing else can be read or written.
 */
export function runGitScripts(git: Pick<Git, "sandboxed">): RunGitScript {
  return async ({ arguments: args, repository, borrowed, workspace, writesWorkspace, ...script }) => {
    const isReadOnly = workspace !== null && !writesWorkspace;
    return git.sandboxed({
      ...script,
      args,
      directory: workspace ?? repository,
      readOnly: [...borrowed, ...(isReadOnly ? [workspace] : [])],
      writable: workspace === null ? [] : [repository],
      environment: {
        ...IDENTITY,
        GIT_DIR: repository,
        // `git status` notes in the index what it has read.
        GIT_OPTIONAL_LOCKS: "1",
        ...(workspace !== null && { GIT_WORK_TREE: workspace }),
      },
      configuration: {
        // Names are only ever checked out here.
        "core.protectNTFS": "false",
        "core.protectHFS": "false",
        // What the user's own repository ignores is ignored.
        ...(workspace !== null && { "core.excludesFile": join(workspace, ".git", "info", "exclude") }),
      },
      accept: ANSWERS,
    });
  };
}
