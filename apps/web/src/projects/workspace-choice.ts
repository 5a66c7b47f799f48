import type { Effort, Project, WorkspaceKind } from "@trunkline/contract";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { readStored, writeStored } from "../text/stored.ts";

/** What a new session works on, as chosen in the composer. */
export interface WorkspaceChoice {
  /** Null: no project. */
  projectId: string | null;
  /** Empty: the project's. */
  baseRef: string;
  workspace: WorkspaceKind;
  includeUncommitted: boolean;
}

/** What `task.submit` takes of it. */
export interface StartOf {
  projectId?: string;
  baseRef?: string;
  workspace?: WorkspaceKind;
  includeUncommitted?: boolean;
  model?: string;
  effort?: Effort;
  agent?: string;
}

const KEY = "trunkline:workspace-choice";
const NONE: WorkspaceChoice = {
  projectId: null,
  baseRef: "",
  workspace: "clone",
  includeUncommitted: false,
};

const choice = createStore<WorkspaceChoice>(() => NONE);

/** Restores the last choice; after hydration, because the server doesn't have it. */
export function restoreChoice(): void {
  choice.setState((readStored(KEY) as Partial<WorkspaceChoice> | null) ?? {});
}

export function choose(next: Partial<WorkspaceChoice>): void {
  choice.setState(next);
  writeStored(KEY, choice.getState());
}

export const useChoice = (): WorkspaceChoice => useStore(choice);

/** @param projects undefined: they are not loaded yet; the server checks the choice. */
export function startOf(projects: readonly Project[] | undefined, chosen: WorkspaceChoice): StartOf {
  const { projectId, includeUncommitted } = chosen;
  if (projectId === null) return {};
  const project = projects?.find(({ id }) => id === projectId);
  // It was deleted: the composer shows "No project".
  if (projects !== undefined && project === undefined) return {};
  const workspace = workspaceOf(project, chosen);
  if (workspace !== "clone") return { projectId, workspace };
  const baseRef = chosen.baseRef.trim();
  return {
    projectId,
    workspace,
    ...(baseRef !== "" && { baseRef }),
    ...(includeUncommitted && project?.source.kind !== "git" && { includeUncommitted }),
  };
}

/** The chosen kind, where the project has it. */
export function workspaceOf(project: Project | undefined, { workspace }: WorkspaceChoice): WorkspaceKind {
  return workspace === "in-place" && project?.source.kind === "git" ? "clone" : workspace;
}
