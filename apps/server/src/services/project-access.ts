import { type Principal, type Project, TrunklineError } from "@trunkline/contract";
import type { Store } from "../store/port.ts";

/** @returns a project that the caller may use: their own, or a shared one. @throws TrunklineError `not_found` */
export async function requireProject(
  { projects }: Pick<Store, "projects">,
  principal: Principal,
  projectId: string,
): Promise<Project> {
  const project = await projects.find(projectId);
  if (project === undefined || (project.ownerId !== principal.userId && !project.shared)) {
    throw new TrunklineError("not_found", `There is no project ${projectId}`);
  }
  return project;
}

/** @returns one that the caller may change. @throws TrunklineError `not_found`; `forbidden` for somebody else's shared one */
export async function requireOwnProject(
  store: Pick<Store, "projects">,
  principal: Principal,
  projectId: string,
): Promise<Project> {
  const project = await requireProject(store, principal, projectId);
  if (project.ownerId !== principal.userId && !principal.scopes.includes("admin")) {
    throw new TrunklineError("forbidden", "Only its owner and admins may change a shared project");
  }
  return project;
}
