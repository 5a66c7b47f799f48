import type { Dirent } from "node:fs";
import { mkdir, opendir, readlink, realpath, statfs, symlink } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { TrunklineError } from "@trunkline/contract";
import { DEFAULT_LIMITS, describeBytes } from "../sandbox/limits.ts";
import { type CopyBudget, copyRegularFile } from "./copy-file.ts";
import { HeldDirectory } from "./held-directory.ts";
import { unlessGone, visitTree } from "./visit-tree.ts";
import { WorkspaceError } from "./workspace-error.ts";
import { relativeInside } from "./workspace-path.ts";

interface Copy {
  /** The workspace as it is named, and without the symbolic links on the way to it. */
  from: string;
  realFrom: string;
  to: string;
}

export interface CopyLimits {
  /** Bytes that a workspace may hold. */
  workspaceBytes: number;
  /** Bytes that stay free on the disk. */
  freeDiskBytes: number;
}

/**
 * Copies a session's directory, while its tools may be at work in it: file by file, by reference where the file system
 * can, and never from outside of it, whoever puts a symbolic link where a directory was. Links that name a place in the
 * workspace name the same place in the copy; the others stay what they are. Sockets, pipes and devices stay behind, and
 * so does what goes meanwhile. A session that never ran a tool has no directory, and its copy has none.
 * @throws TrunklineError `storage_full` where the limits leave no room for it. What was copied is then still there.
 */
export async function copyWorkspace(
  from: string,
  to: string,
  limits: CopyLimits = DEFAULT_LIMITS,
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
  const budget = diskBudget(realTo, limits);
  // Beside the directory that is visited, its copy is held open.
  let target = await HeldDirectory.open(realTo, realTo);
  const moveTo = async (next: HeldDirectory): Promise<void> => {
    await target[Symbol.asyncDispose]();
    target = next;
  };
  try {
    await visitTree(source, {
      async visit(directory) {
        const directories: string[] = [];
        for await (const entry of await opendir(directory.self)) {
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
    });
  } finally {
    await target[Symbol.asyncDispose]();
  }
}

/** A workspace that is being removed is first moved away, and that may be just between our looking and opening. */
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
    await symlink(placeInCopy(await readlink(source.entry(entry.name)), copy), target.entry(entry.name));
  } else if (entry.isFile()) {
    await copyRegularFile(source, entry.name, target, budget);
  }
}

/** The disk is looked at again after so many bytes: others write, too. */
const CHECK_EVERY_BYTES = 64 * 1_048_576;

function diskBudget(directory: string, { workspaceBytes, freeDiskBytes }: CopyLimits): CopyBudget {
  let total = 0;
  let left = 0;
  return {
    async take(bytes) {
      total += bytes;
      if (total > workspaceBytes) {
        throw new TrunklineError(
          "storage_full",
          `The workspace holds more than ${describeBytes(workspaceBytes)}`,
        );
      }
      left -= bytes;
      if (left >= 0) return;
      const { bavail, bsize } = await statfs(directory);
      const room = bavail * bsize - freeDiskBytes - bytes;
      if (room < 0) {
        throw new TrunklineError(
          "storage_full",
          `No room to copy the workspace: ${describeBytes(freeDiskBytes)} of the disk must stay free`,
        );
      }
      left = Math.min(room, CHECK_EVERY_BYTES);
    },
  };
}

function placeInCopy(link: string, { from, realFrom, to }: Copy): string {
  if (!isAbsolute(link)) return link;
  const inside = relativeInside(from, link) ?? relativeInside(realFrom, link);
  return inside === null ? link : join(to, inside);
}
