import { GitError } from "../git/port.ts";

export interface FetchLimits {
  /** Of one fetch, in ms. */
  timeMs: number;
  /** Of what it brings. */
  bytes: number;
}

export function tooLarge({ bytes }: FetchLimits): GitError {
  const size = Math.floor(bytes / 1_048_576);
  return new GitError(
    "limit",
    `it brings more than ${size} MiB; the operator decides: TRUNKLINE_PROJECT_MAX_MB`,
  );
}
