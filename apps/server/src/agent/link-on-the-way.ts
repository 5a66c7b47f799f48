import { lstat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";

/**
 * A rule about paths knows a file by its name, so no name may lead elsewhere. What swaps a link in afterwards runs in the
 * workspace already, and can write there itself.
 * @returns the first path of a symbolic link on the way to one of them, relative to the workspace; null: there is none
 */
export async function findLinkOnTheWay(
  workspace: string,
  locations: readonly { path: string }[],
): Promise<string | null> {
  for (const { path } of locations) {
    const inside = relative(workspace, resolve(workspace, path));
    // Outside of it the tool refuses.
    if (inside === ".." || inside.startsWith(`..${sep}`) || inside.startsWith(sep)) continue;
    const names = inside.split(sep);
    for (let depth = 1; depth <= names.length; depth++) {
      const part = names.slice(0, depth).join(sep);
      const kind = await kindOf(join(workspace, part));
      if (kind === "missing") break;
      if (kind === "link") return part;
    }
  }
  return null;
}

async function kindOf(path: string): Promise<"missing" | "link" | "other"> {
  try {
    return (await lstat(path)).isSymbolicLink() ? "link" : "other";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return "missing";
    throw error;
  }
}
