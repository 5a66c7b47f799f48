import { isAbsolute, relative, resolve } from "node:path";

/** @returns the path relative to the workspace, `""` for the workspace itself; null if it leads out. By its words alone. */
export function pathInside(workspace: string, path: string): string | null {
  const inside = relative(workspace, resolve(workspace, path));
  if (inside === ".." || inside.startsWith("../") || isAbsolute(inside)) return null;
  return inside.toWellFormed();
}
