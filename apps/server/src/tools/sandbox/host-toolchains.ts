import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findProgram, isExecutable, SYSTEM_PATH } from "./find-program.ts";
import {
  INSTALLATIONS,
  MANAGER_HOMES,
  REPORTED_PROGRAMS,
  SINGLE_PROGRAMS,
  VERSION_FOLDERS,
  type VersionFolder,
} from "./toolchain-places.ts";
import { findToolchains, isWithinAny } from "./toolchains.ts";

/** What the machine has to build with. */
export interface HostToolchains {
  /** Directories and files outside the system's that commands have to see. */
  mounts: string[];
  /** The server's search path, then what was found beside it: what is on it already goes first. */
  path: string;
  /** Where managers look for what they manage. */
  environment: Record<string, string>;
  /** What commands find on that path. */
  programs: { name: string; path: string }[];
}

/** Entries of a folder that are looked at. */
const MAX_ENTRIES = 200;

/** Part of a search path: a name with a colon cannot be. */
const USABLE_NAME = /^[^:\n]+$/;

/**
 * Finds toolchains where their installers and version managers put them, whether or not the server's search path names
 * them: a service seldom has the path of its operator's shell. Of a home nothing else is shown.
 * @param options.path Search path of the server.
 * @param options.covered Directories that commands see anyway.
 */
export async function findHostToolchains(options: {
  home: string;
  path: string;
  covered: readonly string[];
  /** Where software beside the system's is. */
  optional?: string;
  /** Where the system's programs are. */
  systemPath?: string;
}): Promise<HostToolchains> {
  const { home, path, covered, optional = "/opt", systemPath = SYSTEM_PATH } = options;
  const mounts = await findToolchains({ path, home, covered });
  const bins: string[] = [];
  const missing = async (program: string): Promise<boolean> =>
    (await findProgram(program, [path, ...bins].join(":"), systemPath)) === null;

  const show = (mount: string, bin: string): void => {
    bins.push(bin);
    if (!isWithinAny(mount, [...covered, ...mounts])) mounts.push(mount);
  };
  for (const found of await candidates(home, optional)) {
    if (await missing(found.program)) show(found.mount, found.bin);
  }
  const environment = await managerHomes(home, mounts, covered);
  const searchPath = [path, ...bins].filter((part) => part !== "").join(":");
  return {
    mounts,
    path: searchPath,
    environment,
    programs: await visiblePrograms(searchPath, [...covered, ...mounts]),
  };
}

interface Candidate {
  program: string;
  /** What to show. */
  mount: string;
  /** Directory of the program. */
  bin: string;
}

async function candidates(home: string, optional: string): Promise<Candidate[]> {
  const versions = await Promise.all(VERSION_FOLDERS.map(async (folder) => chosenVersion(home, folder)));
  const singles = SINGLE_PROGRAMS.map((program) => singleProgram(join(home, program)));
  return [
    ...versions.flat(),
    ...(await goVersion(home)),
    ...(await Promise.all(singles)).flat(),
    ...(await ofDirectory("/usr/local/go")),
    ...(await installationsIn(optional)),
  ];
}

/** The version that its manager uses by default; where it does not say, the newest. */
async function chosenVersion(home: string, place: VersionFolder): Promise<Candidate[]> {
  const { program, bin, choice } = place;
  const folder = join(home, place.folder);
  const versions = await newestFirst(folder);
  const said = choice && (await chosenName(join(home, choice.file), choice.pattern));
  const isMeant = (name: string): boolean => said !== undefined && name.replace(/^v/, "").startsWith(said);
  for (const name of [...versions.filter(isMeant), ...versions]) {
    const directory = join(folder, name, bin);
    if (await isExecutable(join(directory, program))) return [{ program, mount: folder, bin: directory }];
  }
  return [];
}

async function chosenName(file: string, pattern: RegExp): Promise<string | undefined> {
  return readFile(file, "utf8").then(
    (text) => pattern.exec(text)?.[1],
    () => undefined,
  );
}

/** `~/sdk` is where Go's own installer puts versions; other things may be there, too. */
async function goVersion(home: string): Promise<Candidate[]> {
  const names = (await newestFirst(join(home, "sdk"))).filter((name) => /^go\d/.test(name));
  const found = await Promise.all(names.map(async (name) => ofDirectory(join(home, "sdk", name))));
  return found.flat().slice(0, 1);
}

async function singleProgram(path: string): Promise<Candidate[]> {
  if (!(await isExecutable(path))) return [];
  const bin = dirname(path);
  return [{ program: path.slice(bin.length + 1), mount: path, bin }];
}

async function installationsIn(directory: string): Promise<Candidate[]> {
  const names = await newestFirst(directory);
  return (await Promise.all(names.map(async (name) => ofDirectory(join(directory, name))))).flat();
}

async function ofDirectory(directory: string): Promise<Candidate[]> {
  const found: Candidate[] = [];
  const bin = join(directory, "bin");
  for (const { program, mark } of INSTALLATIONS) {
    if ((await isExecutable(join(bin, program))) && (await exists(join(directory, mark)))) {
      found.push({ program, mount: directory, bin });
    }
  }
  for (const program of ["deno", "bun", "uv"]) {
    for (const path of [join(bin, program), join(directory, program)])
      found.push(...(await singleProgram(path)));
  }
  return found;
}

async function newestFirst(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names
    .filter((name) => USABLE_NAME.test(name) && !name.startsWith("."))
    .toSorted((a, b) => (sortable(a) < sortable(b) ? 1 : -1))
    .slice(0, MAX_ENTRIES);
}

/** So that 9 sorts before 10. An `Intl.Collator` does it as well, and its tables stay in memory: 2 MB, for a server that has to know this once. */
function sortable(name: string): string {
  return name.replaceAll(/\d+/g, (digits) => digits.padStart(12, "0"));
}

/** Adds what managers on the search path need to the mounts. */
async function managerHomes(
  home: string,
  mounts: string[],
  covered: readonly string[],
): Promise<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const { folder, variable, needs } of MANAGER_HOMES) {
    const directory = join(home, folder);
    if (!(await exists(directory))) continue;
    environment[variable] = directory;
    for (const name of needs) {
      const path = join(directory, name);
      if ((await exists(path)) && !isWithinAny(path, [...covered, ...mounts])) mounts.push(path);
    }
  }
  return environment;
}

async function visiblePrograms(path: string, shown: readonly string[]): Promise<HostToolchains["programs"]> {
  // Of a folder of which one program is shown, nothing else is.
  const singles = new Set(shown.map((mount) => dirname(mount)));
  const visible = path.split(":").filter((entry) => isWithinAny(entry, shown) || singles.has(entry));
  const found = await Promise.all(
    REPORTED_PROGRAMS.map(async (name) => ({ name, path: await findProgram(name, visible.join(":")) })),
  );
  return found.flatMap(({ name, path: at }) => (at === null ? [] : [{ name, path: at }]));
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
