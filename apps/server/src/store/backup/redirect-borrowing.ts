import { randomUUID } from "node:crypto";
import { lstat, readdir, readFile, realpath, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where git's repositories name the directory whose objects they borrow, by its absolute path. */
const BORROWERS = [
  ["workspaces", ".git/objects/info"],
  ["checkpoints", "objects/info"],
  ["publications", "objects/info"],
] as const;

/** A project's objects, wherever the directory was when that was written. */
const MIRROR = /^\/(?:.*\/)?(projects\/[^/]+\/mirror\.git\/objects)$/;

/**
 * Makes the repositories below `root` borrow from the mirrors below `to`, whose files may come there later. Killed in the
 * middle, or done by two nodes at once, it can be done again.
 */
export async function redirectBorrowing(root: string, to: string): Promise<void> {
  const real = await realpath(root);
  for (const [parent, info] of BORROWERS) {
    for (const name of await readdir(join(real, parent)).catch(() => [])) {
      const directory = join(real, parent, name, info);
      // A workspace is its users': a link in it must lead nowhere.
      if ((await realpath(directory).catch(() => null)) !== directory) continue;
      const file = join(directory, "alternates");
      if ((await lstat(file).catch(() => null))?.isFile() !== true) continue;
      const said = await readFile(file, "utf8");
      const meant = said
        .split("\n")
        .map((line) => {
          const [, mirror] = MIRROR.exec(line) ?? [];
          return mirror === undefined ? line : join(to, mirror);
        })
        .join("\n");
      if (meant === said) continue;
      const draft = `${file}.${randomUUID()}`;
      await writeFile(draft, meant, { flag: "wx", mode: 0o600 });
      await rename(draft, file);
    }
  }
}
