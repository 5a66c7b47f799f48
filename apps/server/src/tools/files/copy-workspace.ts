import type { Dirent } from "node:fs";
import { mkdir, realpath, statfs, symlink } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { TrunklineError } from "@trunkline/contract";
import { entriesIn, linkTarget, nameBytes } from "../../common/raw-names.ts";
import { describeBytes } from "../../common/describe-bytes.ts";
import type { NoteUse } from "../sandbox/disk-watch.ts";
import { DEFAULT_LIMITS } from "../sandbox/limits.ts";
import { type CopyBudget, copyRegularFile } from "./copy-file.ts";
import { HeldDirectory } from "./held-directory.ts";
import { type TreeVisitor, unlessGone, visitTree } from "./visit-tree.ts";
import { WorkspaceError } from "./workspace-error.ts";
import { relativeInside } from "./workspace-path.ts";

interface Copy {
  /** The workspace's path, as given and without symbolic links. */
  from: string;
  realFrom: string;
  to: string;
}

export interface CopyLimits {
  /** Maximum bytes of a workspace. */
  workspaceBytes: number;
  /** Bytes to leave free on the disk. */
  freeDiskBytes: number;
}

/**
 * Copies a session's directory, while its tools may be running: file by file, as reflinks if possible, and never from
 * outside it, even if a directory is replaced by a symbolic link. Links into the workspace point to the same place in
 * the copy; others are unchanged. Sockets, pipes, devices and files that disappear meanwhile are skipped. A session
 * that never ran a tool has no directory, and neither has its copy.
 * @param options.only a directory at its top: nothing else is copied.
 * @param options.noteUse knows what the copy's owner may take of the disk
 * @throws TrunklineError `storage_full` if the limits leave no room. What was copied until then remains.
 */
export async function copyWorkspace(
  from: string,
  to: string,
  {
    limits = DEFAULT_LIMITS,
    only,
    noteUse = async () => null,
  }: { limits?: CopyLimits; only?: string; noteUse?: NoteUse } = {},
): Promise<void> {
  const root = await unlessGone(async () => {
    const realFrom = await realpath(from);
    return { realFrom, directory: await openUnlessMoved(realFrom) };
  });
  if (root?.directory === undefined) return;
  await using source = root.directory;
  await mkdir(to, { recursive: true });
  const realTo = await realpath(to);
  const copy: Copy = { from, realFrom: root.realFrom, to };
  const budget = diskBudget(realTo, limits, async (bytes) => noteUse(to, bytes));
  // The copy of each visited directory is held open beside it.
  let target = await HeldDirectory.open(realTo, realTo);
  const moveTo = async (next: HeldDirectory): Promise<void> => {
    await target[Symbol.asyncDispose]();
    target = next;
  };
  try {
    const visitor: TreeVisitor = {
      async visit(directory) {
        const directories: string[] = [];
        for await (const entry of entriesIn(directory.self)) {
          if (only !== undefined && directory === source && (entry.name !== only || !entry.isDirectory()))
            continue;
          if (entry.isDirectory()) directories.push(entry.name);
          else await copyEntryUnlessGone(directory, entry, { target, copy, budget });
        }
        return directories;
      },
      async enter(name) {
        await moveTo(await target.makeChild(name));
        return true;
      },
      leave: async () => moveTo(await target.parent()),
    };
    await visitTree(source, visitor, { access: "to read" });
    await noteUse(to, budget.total);
  } catch (error) {
    // Whoever asked for it removes it.
    await noteUse(to, 0);
    throw error;
  } finally {
    await target[Symbol.asyncDispose]();
  }
}

/** A workspace being removed is first moved away, possibly between our check and opening it. */
async function openUnlessMoved(path: string): Promise<HeldDirectory | undefined> {
  try {
    return await HeldDirectory.open(path, path);
  } catch (error) {
    if (error instanceof WorkspaceError) return undefined;
    throw error;
  }
}

interface CopyTarget {
  target: HeldDirectory;
  copy: Copy;
  budget: CopyBudget;
}

async function copyEntryUnlessGone(source: HeldDirectory, entry: Dirent, to: CopyTarget): Promise<void> {
  await unlessGone(() => copyEntry(source, entry, to));
}

async function copyEntry(
  source: HeldDirectory,
  entry: Dirent,
  { target, copy, budget }: CopyTarget,
): Promise<void> {
  if (entry.isSymbolicLink()) {
    const leadsTo = placeInCopy(await linkTarget(source.entry(entry.name)), copy);
    await symlink(nameBytes(leadsTo), target.entry(entry.name));
  } else if (entry.isFile()) {
    await copyRegularFile(source, entry.name, target, budget);
  }
}

/** Recheck the disk after this many bytes: others write, too. */
const CHECK_EVERY_BYTES = 64 * 1_048_576;

function diskBudget(
  directory: string,
  { workspaceBytes, freeDiskBytes }: CopyLimits,
  noteUse: (usedBytes: number) => ReturnType<NoteUse>,
): CopyBudget & { total: number } {
  let total = 0;
  let left = 0;
  return {
    get total() {
      return total;
    },
    async take(bytes) {
      total += bytes;
      if (total > workspaceBytes) {
        throw new TrunklineError("storage_full", `The workspace exceeds ${describeBytes(workspaceBytes)}`);
      }
      left -= bytes;
      if (left >= 0) return;
      const { bavail, bsize } = await statfs(directory);
      const room = bavail * bsize - freeDiskBytes - bytes;
      if (room < 0) {
        throw new TrunklineError(
          "storage_full",
          `No space to copy the workspace: ${describeBytes(freeDiskBytes)} of the disk must stay free`,
        );
      }
      const share = await noteUse(total);
      if (share !== null && share.leftBytes < 0) {
        throw new TrunklineError(
          "storage_full",
          `With this copy, your sessions and projects would exceed ${describeBytes(share.limitBytes)}, which is what one user may take of the disk`,
        );
      }
      left = Math.min(room, share?.leftBytes ?? Infinity, CHECK_EVERY_BYTES);
    },
  };
}

function placeInCopy(link: string, { from, realFrom, to }: Copy): string {
  if (!isAbsolute(link)) return link;
  const inside = relativeInside(from, link) ?? relativeInside(realFrom, link);
  return inside === null ? link : join(to, inside);
}
