import {
  type CreateSessionInput,
  type EventDataOf,
  type Principal,
  type Project,
  TrunklineError,
} from "@trunkline/contract";
import type { Store } from "../store/port.ts";
import { requireProject } from "./project-access.ts";

type Choice = Pick<CreateSessionInput, "projectId" | "baseRef" | "workspace" | "includeUncommitted">;

/** What `session.created` says of the workspace; `branch` follows from the session's title. */
export type ChosenWorkspace = Pick<
  EventDataOf<"session.created">,
  "projectId" | "baseRef" | "workspaceKind" | "includeUncommitted"
>;

/** @throws TrunklineError `not_found`, `validation_failed`, `forbidden` */
export async function chooseWorkspace(
  store: Pick<Store, "projects" | "users">,
  principal: Principal,
  { projectId, baseRef, workspace = "clone", includeUncommitted = false }: Choice,
): Promise<ChosenWorkspace> {
  if (projectId === undefined) return {};
  const project = await requireProject(store, principal, projectId);
  if (includeUncommitted) requireDirectory(project, "includeUncommitted");
  if (workspace === "in-place") {
    requireDirectory(project, "A workspace 'in-place'");
    if (await store.users.areSeveral()) {
      throw new TrunklineError("forbidden", "Several users share this server: use a workspace 'clone'");
    }
  }
  return {
    projectId,
    workspaceKind: workspace,
    ...(baseRef !== undefined && { baseRef }),
    ...(includeUncommitted && { includeUncommitted: true as const }),
  };
}

function requireDirectory({ name, source }: Project, what: string): void {
  if (source.kind === "directory") return;
  throw new TrunklineError(
    "validation_failed",
    `${what} needs a project of a directory; '${name}' is a git URL`,
  );
}
