import { localPath } from "./local-path.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Hold a path, relative to where the command is typed. */
const PATHS = /^(?:TRUNKLINE_\w+_(?:FILE|DIR)|XDG_DATA_HOME|XDG_CACHE_HOME|XDG_CONFIG_HOME)$/;
/** Hold several, between colons. */
const LISTS = /^TRUNKLINE_PROJECT_ROOTS$/;
/** Any secret of the server's may be in a file, whatever a config file calls its variable. Other programs' variables that end so may hold lists. */
const SECRET_FILE = /^[A-Z]\w*_FILE$/;

/** The variables for a server that will run in another directory: what is relative, or begins with `~`, becomes absolute. */
export function absolutePaths(env: Environment): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, absoluteValue(name, value)]));
}

function absoluteValue(name: string, value: string | undefined): string | undefined {
  const text = value?.trim() ?? "";
  if (text === "") return value;
  if (LISTS.test(name)) {
    return text
      .split(":")
      .map((path) => (path.trim() === "" ? path : localPath(path.trim())))
      .join(":");
  }
  if (PATHS.test(name) || (SECRET_FILE.test(name) && !text.includes(":"))) return localPath(text);
  return value;
}
