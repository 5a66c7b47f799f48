import { realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { TrunklineError } from "@trunkline/contract";
import type { CheckSource, IsAgreed, ProjectPolicy } from "./port.ts";
import type { FindRoute } from "./git-reach.ts";
import { readGitUrl } from "./git-url.ts";

/** Addresses, and the machine's own name. */
const NEEDS_NO_LOOKUP = /^(?:[\d.]+|\[.*\]|(?:.+\.)?localhost)$/i;

/** @param own the server's own directories. */
export function createSourceCheck(
  { roots, protocols }: Pick<ProjectPolicy, "roots" | "protocols">,
  own: readonly string[],
  isAgreed: IsAgreed,
  findRoute: FindRoute,
): CheckSource {
  return async (source, ownerId) => {
    if (source.kind === "directory") {
      return {
        kind: "directory",
        path: await repositoryAt(source.path, roots, own, async (real) => isAgreed(real, ownerId)),
      };
    }
    const read = readGitUrl(source.url, protocols);
    // Said at once where no name server need be asked; each connection asks again.
    if (NEEDS_NO_LOOKUP.test(read.host ?? "")) await findRoute(read, ownerId);
    return { kind: "git", url: read.url };
  };
}

/**
 * Symbolic links are resolved before the comparison, and again before each fetch: a path below a root may lead anywhere,
 * and lead elsewhere later.
 * @returns the real path. @throws TrunklineError `validation_failed`
 */
async function repositoryAt(
  path: string,
  roots: readonly string[],
  own: readonly string[],
  isAgreed: (real: string) => Promise<boolean>,
): Promise<string> {
  // The same answer for what is missing and what is elsewhere: nobody is told what is on the disk.
  const outside = refusal(
    roots.length === 0
      ? "This server offers no directories. Its operator can: set TRUNKLINE_PROJECT_ROOTS, or agree with `trunkline run -C DIR` on " +
          "the server's machine"
      : `${path} is not a directory below TRUNKLINE_PROJECT_ROOTS; the operator decides what is`,
  );
  if (!path.startsWith("/") || path.includes("\0")) throw refusal("Name the directory by its absolute path");
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) throw outside;
  const places = (await isBelow(real, roots)) ? roots : (await isAgreed(real)) ? [real] : null;
  if (places === null) throw outside;
  // Other people's workspaces and mirrors are repositories, too.
  if (await isBelow(real, own)) throw outside;
  for (const directory of own) {
    if (await isBelow(await realpath(directory), [real])) {
      throw refusal(
        `${path} holds the server's own data, which no session may see. Move one of the two (TRUNKLINE_DATA_DIR, ` +
          "TRUNKLINE_SHARED_DIR)",
      );
    }
  }
  const gitDirectory = await realpath(join(real, ".git")).catch(() => real);
  const isRepository = await stat(join(gitDirectory, "objects")).then(
    (found) => found.isDirectory(),
    () => false,
  );
  // A linked worktree's `.git` is a file that leads to another repository: name that one.
  if (!isRepository) {
    throw refusal(`${path} is not a git repository of its own (there is no directory .git/objects in it)`);
  }
  if (!(await isBelow(await realpath(join(gitDirectory, "objects")), places))) throw outside;
  return real;
}

async function isBelow(real: string, roots: readonly string[]): Promise<boolean> {
  for (const root of roots) {
    const realRoot = await realpath(root).catch(() => undefined);
    if (realRoot === undefined) continue;
    if (real === realRoot || real.startsWith(realRoot.endsWith(sep) ? realRoot : `${realRoot}${sep}`))
      return true;
  }
  return false;
}

function refusal(message: string): TrunklineError {
  return new TrunklineError("validation_failed", message);
}
