import { realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { toWorkspaceError, WorkspaceError } from "./workspace-error.ts";

/** Where a path leads, with all symbolic links resolved. */
export interface ResolvedPath {
  /** The workspace itself, without symbolic links. */
  root: string;
  /** The deepest existing file or directory on the way; inside the root. */
  existing: string;
  /** The names after it, which do not exist yet. */
  missing: readonly string[];
  /** Relative to the workspace, for messages and events; `.` for the workspace. */
  shown: string;
}

/**
 * Resolves a path in a tool's input: relative to the workspace, or absolute inside it.
 * @throws WorkspaceError if it leads outside, by `..`, an absolute path or a symbolic link.
 */
export async function resolveInWorkspace(workspace: string, path: string): Promise<ResolvedPath> {
  if (path.includes("\0")) throw new WorkspaceError("A path cannot hold a NUL");
  const root = await realpath(workspace);
  const absolute = resolve(workspace, path);
  const inside = relativeInside(workspace, absolute) ?? relativeInside(root, absolute);
  if (inside === null) throw outside(path);
  const { existing, missing } = await followExisting(join(root, inside)).catch((error: unknown) => {
    throw toWorkspaceError(path, error);
  });
  if (relativeInside(root, existing) === null) throw outside(path);
  return { root, existing, missing, shown: inside === "" ? "." : inside };
}

/** @returns the path relative to the directory, or null if it is not inside. */
export function relativeInside(directory: string, path: string): string | null {
  const way = relative(directory, path);
  return way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way) ? null : way;
}

async function followExisting(path: string): Promise<Pick<ResolvedPath, "existing" | "missing">> {
  const missing: string[] = [];
  for (let current = path; ; current = dirname(current)) {
    try {
      return { existing: await realpath(current), missing };
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if ((code !== "ENOENT" && code !== "ENOTDIR") || dirname(current) === current) throw error;
      missing.unshift(basename(current));
    }
  }
}

function outside(path: string): WorkspaceError {
  return new WorkspaceError(`${path}: outside the workspace. File tools reach only what is in it`);
}
