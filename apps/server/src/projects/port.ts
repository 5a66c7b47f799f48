import type { ProjectSource } from "@trunkline/contract";

/** What the operator decides about projects. */
export interface ProjectPolicy {
  /** Directories below which repositories may be; absolute. */
  roots: readonly string[];
  /** Protocols of git URLs. */
  protocols: readonly string[];
  /** Variables of the server that projects may pass to commands. */
  environment: Readonly<Record<string, string>>;
}

/** Encrypts credentials for the store. */
export interface Vault {
  /** @param belongsTo id of what it belongs to; it is opened with the same one alone. */
  seal(belongsTo: string, credential: object): Promise<string>;
}

/**
 * @returns the source as it is stored: a directory by its real path.
 * @throws TrunklineError `validation_failed`, `forbidden` for one that the operator does not allow.
 */
export type CheckSource = (source: ProjectSource, ownerId: string) => Promise<ProjectSource>;

/** Whether the operator agreed, at a terminal, that this user's sessions use a directory outside of the roots. */
export type IsAgreed = (realPath: string, userId: string) => Promise<boolean>;
