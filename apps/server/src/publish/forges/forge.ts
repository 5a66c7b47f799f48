import type { Check, MergeRequest, ReviewComment } from "@trunkline/contract";

export const FORGE_KINDS = ["github", "gitlab", "gitea"] as const;
export type ForgeKind = (typeof FORGE_KINDS)[number];

export interface NewMergeRequest {
  branch: string;
  base: string;
  title: string;
  body: string;
  draft: boolean;
}

/**
 * Requests to merge in one repository of a forge. Every method throws TrunklineError: `remote_failed` with the forge's
 * words, `rate_limited`, or `credential_rejected`.
 */
export interface Forge {
  /** The branch's open request; null: it has none. */
  find(branch: string): Promise<MergeRequest | null>;
  /** The branch must have been pushed. If it has an open request already, returns that one. */
  create(request: NewMergeRequest): Promise<MergeRequest>;
  get(number: number): Promise<MergeRequest>;
  /** What runs for a commit: the newest run of each. */
  checks(commit: string): Promise<Check[]>;
  /** What people wrote, oldest first; empty reviews and the forge's own remarks are left out. */
  comments(number: number): Promise<ReviewComment[]>;
}
