import { type Principal, type Project, type ProjectService, TrunklineError } from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import type { Audit } from "../audit/port.ts";
import type { CheckSource, ProjectPolicy, Vault } from "../projects/port.ts";
import { GuardFailedError, type Store, UniqueViolationError } from "../store/port.ts";
import { decodePageCursor, toPage } from "./page-cursor.ts";
import { requireOwnProject, requireProject } from "./project-access.ts";
import { checkSettings } from "./project-settings.ts";

export interface ProjectServiceDeps {
  store: Pick<Store, "projects" | "users">;
  audit: Audit;
  policy: ProjectPolicy;
  checkSource: CheckSource;
  vault: Vault;
  /** Called after one was deleted: its files may go. */
  projectDeleted: () => Promise<void>;
  /** Called after one is no longer shared: what is fetched from now on is not for others' sessions. */
  projectUnshared: (projectId: string) => Promise<void>;
  now: () => number;
}

export function createProjectService(deps: ProjectServiceDeps): ProjectService {
  const { store, audit, policy, checkSource, vault, projectDeleted, projectUnshared, now } = deps;
  const { projects } = store;
  const entry = (by: Principal, action: string, target: string, detail?: string) =>
    audit.entry({ by, action, target, decision: "allowed", ...(detail !== undefined && { detail }) });

  return {
    async create(principal, { name, source, ...settings }) {
      await checkSettings({ store, policy, principal }, settings);
      const at = now();
      const project: Project = {
        id: uuidv7(),
        ownerId: principal.userId,
        name,
        source: await checkSource(source, principal.userId),
        ...settings,
        credential: null,
        lastFetch: null,
        createdAt: at,
        updatedAt: at,
      };
      const created = entry(principal, "project.create", project.id, name);
      await projects.create(project, created).catch(rethrowTaken(name));
      return project;
    },

    get: async (principal, { projectId }) => requireProject(store, principal, projectId),

    async list(principal, { name, cursor, limit }) {
      const found = await projects.page({
        ownerId: principal.userId,
        ...(name !== undefined && { name }),
        ...(cursor !== undefined && { beforeId: decodePageCursor(cursor).id }),
        limit: limit + 1,
      });
      return toPage(
        found,
        limit,
        (project) => project,
        ({ createdAt }) => createdAt,
      );
    },

    async update(principal, { projectId, ...changes }) {
      const project = await requireOwnProject(store, principal, projectId);
      await checkSettings({ store, policy, principal }, changes, project);
      await projects
        .update(projectId, { ...changes, updatedAt: now() }, entry(principal, "project.update", projectId))
        .catch(rethrowTaken(changes.name ?? project.name))
        .catch(rethrowGone(projectId));
      if (project.shared && changes.shared === false) await projectUnshared(projectId);
      return requireProject(store, principal, projectId);
    },

    async delete(principal, { projectId, force }) {
      const project = await requireOwnProject(store, principal, projectId);
      const deleted = entry(principal, "project.delete", projectId, project.name);
      try {
        await projects.delete({ id: projectId, at: now(), force }, deleted);
      } catch (error) {
        if (!(error instanceof GuardFailedError)) throw error;
        await requireOwnProject(store, principal, projectId);
        throw new TrunklineError(
          "project_in_use",
          `Sessions work in project ${project.name}: delete them first, or delete it with 'force': they keep their files`,
        );
      }
      await projectDeleted();
      return project;
    },

    async setCredential(principal, { projectId, credential }) {
      await requireOwnProject(store, principal, projectId);
      const sealed = await vault.seal(projectId, credential);
      const { kind } = credential;
      await projects
        .putCredential(
          { projectId, kind, sealed, updatedAt: now() },
          entry(principal, "project.setCredential", projectId, kind),
        )
        .catch(rethrowGone(projectId));
      return requireProject(store, principal, projectId);
    },

    async removeCredential(principal, { projectId }) {
      await requireOwnProject(store, principal, projectId);
      await projects.removeCredential(projectId, entry(principal, "project.removeCredential", projectId));
      return requireProject(store, principal, projectId);
    },
  };
}

function rethrowTaken(name: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof UniqueViolationError)) throw error;
    throw new TrunklineError("project_exists", `You have a project '${name}' already; choose another name`);
  };
}

function rethrowGone(projectId: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof GuardFailedError)) throw error;
    throw new TrunklineError("not_found", `There is no project ${projectId}`);
  };
}
