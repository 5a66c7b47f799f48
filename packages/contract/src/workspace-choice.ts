import { z } from "zod";
import { Id } from "./primitives.ts";
import { GitHash } from "./checkpoint.ts";

/** A branch, tag or commit (git-check-ref-format(1)); never an option, an expression or a path out of `refs/`. */
export const GitRef = z
  .string()
  .min(1)
  .max(250)
  .regex(/^[^\s~^:?*[\\\p{Cc}]+$/u, "Name a branch, a tag or a commit")
  .refine(
    (ref) => !/^[-/.]|[/.]$|\.\.|\/\/|\/\.|@\{|\.lock(?:\/|$)|^@$/.test(ref),
    "Name a branch, a tag or a commit",
  );

/**
 * `clone`: a clone of the project on a branch of its own. `in-place`: the project's directory itself, only on a server
 * with a single user. `fresh`: an empty directory.
 */
export const WorkspaceKind = z.enum(["clone", "in-place", "fresh"]);
export type WorkspaceKind = z.infer<typeof WorkspaceKind>;

/** What a new session works on. */
export const WORKSPACE_CHOICE = {
  /** Project to work in; absent: none. */
  projectId: Id.optional(),
  /** Branch, tag or commit to start from; absent: the project's. */
  baseRef: GitRef.optional(),
  /** Absent: `clone` with a project, else `fresh`. */
  workspace: WorkspaceKind.optional(),
  /** Start with what is not committed in the project's directory, as a commit of its own. */
  includeUncommitted: z.boolean().optional(),
};

interface WorkspaceChoice {
  projectId?: string | undefined;
  baseRef?: string | undefined;
  workspace?: WorkspaceKind | undefined;
  includeUncommitted?: boolean | undefined;
}

export function choosesWorkspace({
  projectId,
  baseRef,
  workspace,
  includeUncommitted,
}: WorkspaceChoice): boolean {
  return [projectId, baseRef, workspace, includeUncommitted].some((field) => field !== undefined);
}

/** Refuses choices that contradict each other. */
export function checkChoice(choice: WorkspaceChoice, context: z.RefinementCtx): void {
  const { projectId, workspace } = choice;
  const refuse = (field: keyof WorkspaceChoice, message: string): void =>
    context.addIssue({ code: "custom", path: [field], message });
  if (projectId === undefined && workspace !== undefined && workspace !== "fresh") {
    refuse("workspace", `A workspace '${workspace}' needs a projectId`);
  }
  const isClone = projectId !== undefined && (workspace === undefined || workspace === "clone");
  if (isClone) return;
  const needs = projectId === undefined ? "a projectId" : "a workspace 'clone'";
  if (choice.baseRef !== undefined) refuse("baseRef", `baseRef needs ${needs}`);
  if (choice.includeUncommitted === true) refuse("includeUncommitted", `includeUncommitted needs ${needs}`);
}

/** A session's work that was archived, with its workspace removed. */
export const WorkArchived = z.strictObject({
  /** Of the session's private repository; it has everything that was in the workspace and not ignored. */
  branch: z.string(),
  /** The newest commit of the branch. */
  commit: GitHash,
  /** What the session started from; a patch goes from here to the commit. */
  baseCommit: GitHash,
  /** Name of the principal who asked. */
  by: z.string(),
});
