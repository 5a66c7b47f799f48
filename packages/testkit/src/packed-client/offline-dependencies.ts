import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

/**
 * What the packages depend on, as it lies in this workspace, for pnpm's `overrides`: the very files that the registry
 * gave, so that nothing has to be asked again.
 */
export function offlineDependencies(): Record<string, string> {
  const found: Record<string, string> = {};
  const add = (name: string, importer: string): void => {
    if (name in found || name.startsWith("@trunkline/")) return;
    const directory = installedFrom(importer, name);
    found[name] = `file:${directory}`;
    for (const dependency of Object.keys(readManifest(directory).dependencies ?? {}))
      add(dependency, directory);
  };
  for (const workspacePackage of ["client", "contract"].map((name) => join(ROOT, "packages", name))) {
    for (const dependency of Object.keys(readManifest(workspacePackage).dependencies ?? {}))
      add(dependency, workspacePackage);
  }
  // For the programs that use it in Node.
  add("@types/node", ROOT);
  return found;
}

/** Node's own search, which `createRequire` cuts short at a package that exports no package.json. */
function installedFrom(importer: string, name: string): string {
  for (let at = importer; ; at = dirname(at)) {
    try {
      return dirname(realpathSync(join(at, "node_modules", name, "package.json")));
    } catch (error) {
      if (at === dirname(at)) throw error;
    }
  }
}

function readManifest(directory: string): { dependencies?: Record<string, string> } {
  return JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as {
    dependencies?: Record<string, string>;
  };
}
