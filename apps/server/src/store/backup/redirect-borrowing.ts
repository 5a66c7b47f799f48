import { lstat, readdir, readFile, realpath, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where git's repositories name the directory whose objects they borrow, by its absolute path. */
const BORROWERS = [
  ["workspaces", ".git/objects/info"],
  ["checkpoints", "objects/info"],
  ["publications", "objects/info"],
] as const;

/** Makes the repositories below `root` borrow from `to` what they borrowed from `from`. */
export async function redirectBorrowing(root: string, from: string, to: string): Promise<void> {
  if (from === to) return;
  for (const [parent, info] of BORROWERS) {
    for (const name of await readdir(join(root, parent)).catch(() => [])) {
      const directory = join(root, parent, name, info);
      // A workspace is its users': a link in it must lead nowhere.
      if ((await realpath(directory).catch(() => null)) !== directory) continue;
      const file = join(directory, "alternates");
      if ((await lstat(file).catch(() => null))?.isFile() !== true) continue;
      const lines = (await readFile(file, "utf8")).split("\n");
      const moved = lines.map((line) => (line.startsWith(`${from}/`) ? to + line.slice(from.length) : line));
      await writeFile(`${file}.moved`, moved.join("\n"), { flag: "wx", mode: 0o600 });
      await rename(`${file}.moved`, file);
    }
  }
}
