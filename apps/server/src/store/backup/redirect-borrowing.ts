import { randomUUID } from "node:crypto";
import { chmod, lstat, readdir, readFile, realpath, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where git's repositories name the directory whose objects they borrow, by its absolute path. */
const BORROWERS = [
  ["workspaces", ".git/objects/info"],
  ["checkpoints", "objects/info"],
  ["publications", "objects/info"],
] as const;

/** A project's objects, wherever the directory was when that was written. */
const MIRROR = /^\/(?:.*\/)?(projects\/[^/]+\/mirror\.git\/objects)$/;

const OWNER_MAY_ALL = 0o700;
const OWNER_MAY_READ = 0o400;

/** A repository that stays as it was. */
interface Broken {
  /** Relative to the root. */
  path: string;
  error: unknown;
}

/**
 * Makes the repositories below `root` borrow from the mirrors below `to`, whose files may come there later. Killed in the
 * middle, or done by two nodes at once, it can be done again. What one session has done to its files keeps no other's from it.
 */
export async function redirectBorrowing(root: string, to: string): Promise<Broken[]> {
  const real = await realpath(root);
  const broken: Broken[] = [];
  for (const [parent, info] of BORROWERS) {
    for (const name of await readdir(join(real, parent)).catch(() => [])) {
      try {
        await redirect(join(real, parent, name), info, to);
      } catch (error) {
        broken.push({ path: join(parent, name), error });
      }
    }
  }
  return broken;
}

/** @param info the directory in the repository that says what it borrows */
async function redirect(repository: string, info: string, to: string): Promise<void> {
  const closed: { path: string; mode: number }[] = [];
  let path = repository;
  try {
    for (const name of [".", ...info.split("/")]) {
      path = join(path, name);
      const stats = await lstat(path).catch(unlessMissing);
      // A workspace is its users': a link in it must lead nowhere.
      if (stats?.isDirectory() !== true) return;
      if ((stats.mode & OWNER_MAY_ALL) === OWNER_MAY_ALL) continue;
      closed.push({ path, mode: stats.mode & 0o7777 });
      await chmod(path, (stats.mode & 0o7777) | OWNER_MAY_ALL);
    }
    await redirectFile(join(path, "alternates"), to);
  } finally {
    for (const one of closed.toReversed()) await chmod(one.path, one.mode);
  }
}

async function redirectFile(file: string, to: string): Promise<void> {
  const found = await lstat(file).catch(unlessMissing);
  if (found?.isFile() !== true) return;
  if ((found.mode & OWNER_MAY_READ) === 0) await chmod(file, (found.mode & 0o7777) | OWNER_MAY_READ);
  const said = await readFile(file, "utf8");
  const meant = said
    .split("\n")
    .map((line) => {
      const [, mirror] = MIRROR.exec(line) ?? [];
      return mirror === undefined ? line : join(to, mirror);
    })
    .join("\n");
  if (meant === said) return;
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, meant, { flag: "wx", mode: 0o600 });
  await rename(draft, file);
}

function unlessMissing(error: NodeJS.ErrnoException): null {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
  return null;
}
