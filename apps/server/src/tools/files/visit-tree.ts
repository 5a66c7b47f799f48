import { type HeldDirectory, MAY_READ, MAY_WRITE } from "./held-directory.ts";

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
  /** Its mode, if it was closed to its owner and is so again afterwards. */
  closedMode: number | null;
}

/**
 * Visits a directory tree of any depth: one directory is open at a time and paths never grow, so neither descriptors
 * nor path length limit the depth. Links are not followed. Whatever disappears or moves meanwhile is skipped.
 * @param options.access `to read` and `to write` open directories that are closed to their owner for as long as they are
 * visited; `as it is` skips them
 */
export async function visitTree(
  root: HeldDirectory,
  visitor: TreeVisitor,
  { access }: { access: keyof typeof OPENERS },
): Promise<void> {
  const openChild = OPENERS[access];
  const levels: Level[] = [
    { name: "", identity: await root.identity(), pending: await visitor.visit(root), closedMode: null },
  ];
  let current = root;
  try {
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const name = level.pending.pop();
      if (name !== undefined) {
        const child = await openChild(current, name);
        if (child === undefined) continue;
        if (visitor.enter !== undefined && !(await visitor.enter(name))) {
          if (child.closedMode !== null) await child.setMode(child.closedMode);
          await child[Symbol.asyncDispose]();
          continue;
        }
        current = await replace(root, current, child);
        const { closedMode } = child;
        const entered: Level = { name, identity: await child.identity(), pending: [], closedMode };
        levels.push(entered);
        entered.pending = await visitor.visit(child);
        continue;
      }
      if (levels.length === 1) return;
      levels.pop();
      await visitor.leave?.();
      const parent = levels.length === 1 ? root : await current.parent();
      if (level.closedMode !== null) await current.setMode(level.closedMode);
      current = await replace(root, current, parent);
      if ((await parent.identity()) === levels.at(-1)?.identity) continue;
      // It was moved elsewhere: continue from the deepest level still in place.
      const { directory, depth } = await descend(root, levels, openChild);
      current = await replace(root, current, directory);
      for (; levels.length > depth; levels.pop()) await visitor.leave?.();
    }
  } finally {
    current = await leaveAll(root, current, levels);
    if (current !== root) await current[Symbol.asyncDispose]();
  }
}

/** Closes what a visit that has failed leaves open, as far as it is still in place. */
async function leaveAll(
  root: HeldDirectory,
  from: HeldDirectory,
  levels: readonly Level[],
): Promise<HeldDirectory> {
  let current = from;
  let left = levels.length - 1;
  while (left > 0 && levels.slice(1, left + 1).some(({ closedMode }) => closedMode !== null)) {
    const level = levels[left--];
    if (level === undefined || (await current.identity()) !== level.identity) break;
    const parent = left === 0 ? root : await parentOf(current);
    if (level.closedMode !== null) await current.setMode(level.closedMode);
    if (parent === undefined) break;
    current = await replace(root, current, parent);
  }
  return current;
}

async function parentOf(directory: HeldDirectory): Promise<HeldDirectory | undefined> {
  return unlessUnreadable(() => directory.parent());
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

const granting =
  (access: number): OpenChild =>
  async (directory, name) =>
    unlessGone(() => directory.childWithAccess(name, access));

const OPENERS = {
  "to read": granting(MAY_READ),
  "to write": granting(MAY_WRITE),
  "as it is": async (directory, name) => unlessUnreadable(() => directory.child(name)),
} satisfies Record<string, OpenChild>;

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
