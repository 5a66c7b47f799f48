import { copyFile, link, mkdir, opendir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { randomUUID } from "node:crypto";

/** Left out: the index belongs to another workspace, the rest to one that works. */
const LEFT_OUT = new Set(["index", "index.lock", "revert.json", "revert.json.new"]);

/**
 * Copies a private repository. Objects never change, so they are shared as hard links where the disk can; whatever else
 * there is is copied. Nobody writes it meanwhile. Whole or not at all.
 */
export async function copyRepository(from: string, to: string): Promise<void> {
  const draft = `${to}.${randomUUID()}`;
  try {
    await copyDirectory(from, draft, { isShared: false, isRoot: true });
    await rename(draft, to);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

async function copyDirectory(
  from: string,
  to: string,
  { isShared, isRoot }: { isShared: boolean; isRoot: boolean },
): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for await (const entry of await opendir(from)) {
    const { name } = entry;
    if (isRoot && LEFT_OUT.has(name)) continue;
    const [source, target] = [join(from, name), join(to, name)];
    if (entry.isDirectory()) {
      const isObjects = isShared || (isRoot && name === "objects");
      await copyDirectory(source, target, { isShared: isObjects && name !== "info", isRoot: false });
    } else if (isShared && entry.isFile()) {
      await link(source, target).catch(() => copyFile(source, target));
    } else if (entry.isFile()) {
      await copyFile(source, target);
    }
  }
}
