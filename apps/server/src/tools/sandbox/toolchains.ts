import { constants } from "node:fs";
import { access, readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, normalize } from "node:path";

/** Version managers that keep everything below one directory, without secrets. */
const VERSION_MANAGERS = [
  /^.*\/\.(?:pyenv|rbenv|nodenv|asdf|volta)(?=\/)/,
  /^.*\/\.local\/share\/mise(?=\/)/,
  /^.*\/\.rustup\/toolchains\/[^/]+(?=\/)/,
  /^.*\/\.sdkman\/candidates\/[^/]+\/[^/]+(?=\/)/,
];

/** Files that only the root of an installation has: a virtual environment, conda, Node. */
const INSTALLATION_MARKS = ["pyvenv.cfg", "conda-meta", join("include", "node", "node.h")];

/**
 * Directories that programs on the search path need outside the system's: the whole installation if it is known to
 * contain nothing else, otherwise only the entry itself. Guessing the parent of any `bin` would expose
 * `~/.cargo/credentials.toml`, `~/.docker/config.json` or `~/.local/share`.
 * @param path Value of `PATH`.
 * @param covered Directories that are shown anyway.
 */
export async function findToolchains(options: {
  path: string;
  home: string;
  covered: readonly string[];
}): Promise<string[]> {
  const { home, covered } = options;
  const found: string[] = [];
  for (const entry of new Set(options.path.split(":"))) {
    if (!isAbsolute(entry)) continue;
    const directory = normalize(entry).replace(/(?<=.)\/$/, "");
    // Nothing at the top level (`/root`, `/etc`), and never a home.
    if (dirname(directory) === "/" || isInside(home, directory)) continue;
    if (isWithinAny(directory, covered) || !(await isOpenDirectory(directory))) continue;
    found.push(await installationOf(directory, home));
  }
  return found.filter(
    (directory, index) =>
      found.indexOf(directory) === index &&
      !found.some((other) => other !== directory && isInside(directory, other)),
  );
}

async function installationOf(directory: string, home: string): Promise<string> {
  const parent = dirname(directory);
  for (const manager of VERSION_MANAGERS) {
    const root = manager.exec(directory)?.[0];
    if (root !== undefined) return root;
  }
  if (basename(directory) === ".bin" && basename(parent) === "node_modules") return parent;
  const isShared = isInside(home, parent) || basename(parent) === ".local";
  return basename(directory) === "bin" && !isShared && (await isInstallation(parent)) ? parent : directory;
}

async function isInstallation(directory: string): Promise<boolean> {
  const checks = INSTALLATION_MARKS.map((mark) =>
    stat(join(directory, mark)).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(checks)).includes(true);
}

async function isOpenDirectory(directory: string): Promise<boolean> {
  try {
    await access(await realpath(directory), constants.R_OK | constants.X_OK);
    await readdir(directory);
    return true;
  } catch {
    // Search paths contain directories that are missing or not accessible.
    return false;
  }
}

/** Whether `path` is `directory` or inside it; both absolute and normalised. */
export function isInside(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}

export function isWithinAny(path: string, directories: readonly string[]): boolean {
  return directories.some((directory) => isInside(path, directory));
}
