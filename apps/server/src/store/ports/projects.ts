import type { Project, ProjectCredential } from "@trunkline/contract";
import type { AuditRecord } from "./audit.ts";

/** A credential as it is stored: encrypted, with a key that the store does not have. */
export interface SealedCredential {
  projectId: string;
  kind: ProjectCredential["kind"];
  sealed: string;
  updatedAt: number;
}

/** What can be changed of a project. */
export type ProjectSettings = Omit<
  Project,
  "id" | "ownerId" | "source" | "credential" | "lastFetch" | "createdAt"
>;

/** Projects. They belong to no session's log. Deleted ones are not found, except by `unused`. */
export interface ProjectStore {
  /** Of any owner: who may see it is the caller's to say. */
  find(projectId: string): Promise<Project | undefined>;
  /** The owner's, and shared ones; newest first. */
  page(query: { ownerId: string; name?: string; beforeId?: string; limit: number }): Promise<Project[]>;
  /** @throws UniqueViolationError if the owner has one of this name. */
  create(project: Project, audit: AuditRecord): Promise<void>;
  /**
   * Sets what is given, and leaves the rest as it is: somebody else may be changing that.
   * @throws UniqueViolationError if the owner has one of this name. GuardFailedError if it was deleted.
   */
  update(
    projectId: string,
    changes: Partial<ProjectSettings> & Pick<ProjectSettings, "updatedAt">,
    audit: AuditRecord,
  ): Promise<void>;
  /** What became of a fetch: a commit where it worked, which is kept where it did not. */
  fetched(
    projectId: string,
    fetch: { at: number; commit: string } | { at: number; error: string },
  ): Promise<void>;
  /** Whether sessions that are not being removed work in it. */
  isUsed(projectId: string): Promise<boolean>;
  /**
   * Deletes it and its credential. Its row stays until no session borrows from its files.
   * @throws GuardFailedError if it is gone or, unless forced, sessions use it.
   */
  delete(project: { id: string; at: number; force: boolean }, audit: AuditRecord): Promise<void>;
  /** Deletes all of a user's. */
  deleteOf(ownerId: string, at: number): Promise<void>;
  /** By id, of those of these that there are; deleted ones, too, while their files are needed. */
  ownersOf(projectIds: readonly string[]): Promise<Map<string, string>>;
  /** Deleted ones that no session uses, hidden ones included: their files can go. */
  unused(): Promise<string[]>;
  /** Removes the row of one whose files are gone. */
  forget(projectId: string): Promise<void>;

  credential(projectId: string): Promise<SealedCredential | undefined>;
  /** Replaces the earlier one. @throws GuardFailedError if the project was deleted. */
  putCredential(credential: SealedCredential, audit: AuditRecord): Promise<void>;
  removeCredential(projectId: string, audit: AuditRecord): Promise<void>;
}
