import type { WorkspaceEntry } from "@trunkline/contract";
import { revealHidden } from "../text/reveal-hidden.ts";
import type { Choice } from "./command.ts";

/** More would not be read. */
const MAX_CHOICES = 50;

/** The entries of a folder whose name contains what was typed; those that begin with it first. */
export function fileChoices(
  entries: readonly Pick<WorkspaceEntry, "path" | "kind">[],
  wanted: string,
): Choice[] {
  const words = wanted.toLowerCase();
  const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const found = entries.filter(({ path, kind }) => kind !== "other" && nameOf(path).includes(words));
  const begins = (path: string): boolean => nameOf(path).startsWith(words);
  return [...found.filter(({ path }) => begins(path)), ...found.filter(({ path }) => !begins(path))]
    .slice(0, MAX_CHOICES)
    .map(({ path, kind }) => {
      const hasSpace = /\s/u.test(path);
      const isFolder = kind === "directory" && !hasSpace;
      return {
        key: path,
        label: revealHidden(kind === "directory" ? `${path}/` : path),
        detail: "",
        icon: kind === "directory" ? "folder" : "file",
        // A folder is looked into next.
        text: isFolder ? `@${path}/` : hasSpace ? `"${path}" ` : `${path} `,
      };
    });
}
