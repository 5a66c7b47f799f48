import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

/**
 * The packages' dependencies in this workspace, for pnpm's `overrides`: the files from the registry, so that nothing is
 * downloaded again.
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
  // For programs that use it in Node.
  add("@types/node", ROOT);
  return found;
}

/** Node's own lookup; `createRequire` fails for a package that does not export its package.json. */
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
