import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { isAbsolute, join } from "node:path";

/** Where system programs are, even if the server's search path is short. */
export const SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/run/current-system/sw/bin";

/** @returns the absolute path of the first match on the search path, or null. */
export async function findProgram(
  name: string,
  path: string,
  systemPath = SYSTEM_PATH,
): Promise<string | null> {
  for (const directory of `${path}:${systemPath}`.split(":")) {
    const candidate = join(directory, name);
    if (isAbsolute(candidate) && (await isExecutable(candidate))) return candidate;
  }
  return null;
}

export function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
