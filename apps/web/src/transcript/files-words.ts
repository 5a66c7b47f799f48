import type { EventDataOf } from "@trunkline/contract";

/** What a user has to know of a workspace that is not all that the repository is. */
export function workspaceNotes({
  shallow,
  submodules,
  lfs,
}: Pick<EventDataOf<"workspace.prepared">, "shallow" | "submodules" | "lfs">): string[] {
  return [
    ...(shallow === undefined ? [] : ["The source has only part of its history."]),
    ...(submodules === undefined ? [] : ["Submodules are not fetched."]),
    ...(lfs === undefined ? [] : ["Git LFS files are pointers, not content."]),
  ];
}

const PUBLISHED: Readonly<Record<string, string>> = {
  branch: "Pushed branch",
  "pull-request": "Opened a request to merge",
  patch: "Made a patch of",
  local: "Created in the project's directory: branch",
} satisfies Record<NonNullable<EventDataOf<"session.published">["kind"]>, string>;

export const publishedWords = ({ kind = "branch" }: EventDataOf<"session.published">): string =>
  PUBLISHED[kind] ?? "Published";

/** Why a host was refused. */
const REASONS: Readonly<Record<string, string>> = {
  "not-allowed": "It is not on the project's list.",
  "not-public": "Its address is not public, so nobody can allow it.",
  address: "Commands must name hosts, not addresses.",
  "not-tls": "What was sent is not TLS for this host.",
};

export const refusalWords = (reason: string): string => REASONS[reason] ?? reason;
