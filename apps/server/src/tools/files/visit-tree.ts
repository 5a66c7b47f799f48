import type { HeldDirectory } from "./held-directory.ts";

export interface TreeVisitor {
  /**
   * Examines a directory's entries.
   * @returns names of the subdirectories to visit.
   */
  visit(directory: HeldDirectory): Promise<string[]>;
  /** Called before visiting a directory; false skips it. */
  enter?(name: string): Promise<boolean>;
  /** Called after a directory and its contents were visited. */
  leave?(): Promise<void>;
}

interface Level {
  name: string;
  identity: string;
  pending: string[];
}

/**
 * Visits a directory tree of any depth: one directory is open at a time and paths never grow, so neither descriptors
 * nor path length limit the depth. Links are not followed. Whatever disappears or moves meanwhile is skipped.
 * @param options.access `granted` opens directories that are closed to their owner first; `as it is` skips them
 */
export async function visitTree(
  root: HeldDirectory,
  visitor: TreeVisitor,
  { access = "granted" }: { access?: "granted" | "as it is" } = {},
): Promise<void> {
  const openChild = access === "granted" ? openGranted : openAsItIs;
  const levels: Level[] = [{ name: "", identity: await root.identity(), pending: await visitor.visit(root) }];
  let current = root;
  try {
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const name = level.pending.pop();
      if (name !== undefined) {
        const child = await openChild(current, name);
        if (child === undefined) continue;
        if (visitor.enter !== undefined && !(await visitor.enter(name))) {
          await child[Symbol.asyncDispose]();
          continue;
        }
        current = await replace(root, current, child);
        levels.push({ name, identity: await child.identity(), pending: await visitor.visit(child) });
        continue;
      }
      if (levels.length === 1) return;
      levels.pop();
      await visitor.leave?.();
      const parent = levels.length === 1 ? root : await current.parent();
      current = await replace(root, current, parent);
      if ((await parent.identity()) === levels.at(-1)?.identity) continue;
      // It was moved elsewhere: continue from the deepest level still in place.
      const { directory, depth } = await descend(root, levels, openChild);
      current = await replace(root, current, directory);
      for (; levels.length > depth; levels.pop()) await visitor.leave?.();
    }
  } finally {
    if (current !== root) await current[Symbol.asyncDispose]();
  }
}

/** Opens the deepest level that is still in place. */
async function descend(
  root: HeldDirectory,
  levels: readonly Level[],
  openChild: OpenChild,
): Promise<{ directory: HeldDirectory; depth: number }> {
  let directory = root;
  for (const [depth, { name, identity }] of levels.entries()) {
    if (depth === 0) continue;
    const child = await openChild(directory, name);
    if (child === undefined) return { directory, depth };
    if ((await child.identity()) !== identity) {
      await child[Symbol.asyncDispose]();
      return { directory, depth };
    }
    directory = await replace(root, directory, child);
  }
  return { directory, depth: levels.length };
}

async function replace(root: HeldDirectory, old: HeldDirectory, next: HeldDirectory): Promise<HeldDirectory> {
  if (old !== root) await old[Symbol.asyncDispose]();
  return next;
}

type OpenChild = (directory: HeldDirectory, name: string) => Promise<HeldDirectory | undefined>;

const openGranted: OpenChild = (directory, name) => unlessGone(() => directory.childWithAccess(name));
const openAsItIs: OpenChild = (directory, name) => unlessUnreadable(() => directory.child(name));

/** Removed or replaced (EINVAL: by a link) between being listed and opened. */
const GONE = new Set(["ENOENT", "ENOTDIR", "ELOOP", "EINVAL"]);

const UNREADABLE = new Set([...GONE, "EACCES", "EPERM", "ENXIO"]);

export async function unlessGone<T>(work: () => Promise<T>): Promise<T | undefined> {
  return unless(GONE, work);
}

/** The same, also for what is closed to us. */
export async function unlessUnreadable<T>(work: () => Promise<T>): Promise<T | undefined> {
  return unless(UNREADABLE, work);
}

async function unless<T>(codes: ReadonlySet<string>, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && "code" in error && codes.has(String(error.code))) return undefined;
    throw error;
  }
}
