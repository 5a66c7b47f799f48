import { lstat, mkdir, symlink } from "node:fs/promises";
import { join, posix } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract, type ReadEntry } from "tar";

export interface Unpacked {
  /** Links that lead out of the directory, which were left out. */
  skippedLinks: string[];
}

/**
 * Unpacks a session's archive into an empty directory, without its directory at the top. Nothing lands elsewhere: links
 * are made last, when nothing can be written through them any more, and those that lead out are left out.
 * @throws if the archive breaks off
 */
export async function unpackArchive(
  body: AsyncIterable<Uint8Array>,
  directory: string,
  signal: AbortSignal,
): Promise<Unpacked> {
  const links: { path: string; target: string }[] = [];
  const unpack = extract({
    cwd: directory,
    strip: 1,
    strict: true,
    preserveOwner: false,
    filter: (path, entry) => {
      const read = entry as ReadEntry;
      // No set-user-ID from elsewhere.
      if (read.mode !== undefined) read.mode &= 0o777;
      if (read.type === "SymbolicLink") {
        links.push({ path: path.split("/").slice(1).join("/"), target: read.linkpath ?? "" });
      }
      return read.type === "File" || read.type === "Directory";
    },
  });
  await pipeline(Readable.from(body), unpack, { signal });
  const skippedLinks: string[] = [];
  for (const { path, target } of links) {
    const isMade = leadsInside(path, target) && (await makeLink(directory, path, target));
    if (!isMade) skippedLinks.push(path);
  }
  return { skippedLinks };
}

/**
 * Whether a link stays in the directory, whatever other links there are: after the first name no `..` follows, because
 * a name may be a link itself.
 */
function leadsInside(path: string, target: string): boolean {
  if (target === "" || posix.isAbsolute(target)) return false;
  const names = target.split("/").filter((name) => name !== "" && name !== ".");
  const firstDown = names.findIndex((name) => name !== "..");
  const ups = firstDown === -1 ? names.length : firstDown;
  const depth = path.split("/").length - 1;
  return ups <= depth && !names.slice(ups).includes("..");
}

/** @returns false if a part of its own path is no directory, or something is there already */
async function makeLink(directory: string, path: string, target: string): Promise<boolean> {
  const parents = path.split("/").slice(0, -1);
  if ([...parents, posix.basename(path)].some((name) => name === "" || name === "." || name === "..")) {
    return false;
  }
  try {
    let parent = directory;
    for (const name of parents) {
      parent = join(parent, name);
      await mkdir(parent).catch(() => undefined);
      if (!(await lstat(parent)).isDirectory()) return false;
    }
    await symlink(target, join(directory, path));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}
