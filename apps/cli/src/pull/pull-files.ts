import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { downloadArchive, type TrunklineClient } from "@trunkline/client";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { place, planPlacement } from "./place-files.ts";
import { unpackArchive } from "./unpack-archive.ts";

export interface PulledFiles {
  created: number;
  replaced: number;
  unchanged: number;
  /** Links that lead out of the directory, which were left out. */
  skippedLinks: string[];
}

const MAX_NAMED = 10;

/**
 * Takes a session's files into a directory. They are unpacked beside it first, so that an archive that breaks off changes
 * nothing, and existing files are replaced only with `force`.
 */
export async function pullFiles(
  client: TrunklineClient,
  {
    sessionId,
    target,
    force,
    ignored,
  }: { sessionId: string; target: string; force: boolean; ignored: boolean },
  signal: AbortSignal,
): Promise<PulledFiles> {
  const isThere = await isDirectory(target);
  const parent = isThere ? target : dirname(target);
  await mkdir(parent, { recursive: true });
  const staged = await mkdtemp(join(parent, ".trunkline-pull-"));
  try {
    const body = await downloadArchive(client, { sessionId, ignored });
    const { skippedLinks } = await unpackArchive(body, staged, signal);
    const plan = await planPlacement(staged, target);
    const { created, replaced, unchanged, blocked } = plan;
    if (blocked.length > 0) {
      throw new CommandError(
        EXIT.failed,
        `Nothing was changed: in ${target}, a file, a directory or a link is in the way of ${named(blocked)}. Move it away, ` +
          "or pull into another directory.",
      );
    }
    if (replaced.length > 0 && !force) {
      throw new CommandError(
        EXIT.failed,
        `Nothing was changed: ${target} has other versions of ${named(replaced)}. To replace them: --force.`,
      );
    }
    await mkdir(target, { recursive: true });
    await place(plan, staged, target);
    return { created: created.length, replaced: replaced.length, unchanged, skippedLinks };
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
}

function named(paths: readonly string[]): string {
  const rest = paths.length - MAX_NAMED;
  const shown = paths.slice(0, MAX_NAMED).map(oneLine).join(", ");
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}
