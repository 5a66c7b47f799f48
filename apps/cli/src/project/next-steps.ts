import type { Session } from "@trunkline/contract";

/** What to do with the work of a session in a project: lines that can be pasted. Nothing without one. */
export function describeNext(
  { id, projectId, workspaceKind }: Session,
  command: (...words: string[]) => string,
): string {
  if (projectId === null || workspaceKind === "fresh") return "";
  const steps =
    workspaceKind === "in-place"
      ? [
          ["see the changes", "diff"],
          ["take them back", "revert"],
        ]
      : [
          ["see the changes", "diff"],
          ["bring them here as a branch", "publish", "--local"],
          ["push them", "publish"],
          ["take the files", "pull"],
        ];
  const lines = steps.map(
    ([what = "", name = "", ...flags]) => `  ${`${what}:`.padEnd(30)}${command(name, id, ...flags)}\n`,
  );
  return lines.join("");
}
