/** Left to npm, which chooses the binaries of the machine; in the exact versions of the workspace. */
const FROM_REGISTRY = ["better-sqlite3", "@vscode/ripgrep"];

/**
 * The published package's package.json.
 *
 * @param {{ version: string, bundled: Record<string, string>, catalog: string }} parts
 *   `bundled` are packages that the tarball brings, with their versions; `catalog` is pnpm-workspace.yaml
 */
export function releaseManifest({ version, bundled, catalog }) {
  const versions = catalogVersions(catalog);
  /** @type {Record<string, string>} */
  const fromRegistry = {};
  for (const name of FROM_REGISTRY) {
    const pinned = versions.get(name);
    if (pinned === undefined) throw new Error(`${name} is not in the catalog`);
    fromRegistry[name] = pinned;
  }
  return {
    name: "trunkline",
    version,
    description: "A self-hosted server for AI agents: tasks that run detached, streamed live and resumable",
    license: "MIT",
    type: "module",
    keywords: ["ai", "agents", "server", "self-hosted", "cli"],
    // Older than 24.16, it fetches its own.
    engines: { node: ">=20" },
    bin: { trunkline: "bin/trunkline.mjs" },
    // npm takes what is bundled from the tarball, where it is a dependency.
    dependencies: { ...fromRegistry, ...bundled },
    bundleDependencies: Object.keys(bundled),
  };
}

/**
 * The catalog's lines, `name: version`: nothing is installed that could read YAML.
 *
 * @param {string} text
 */
function catalogVersions(text) {
  const [, section = ""] = /^catalog:\n((?: {2}.*\n)+)/m.exec(text) ?? [];
  return new Map(
    [...section.matchAll(/^ {2}"?([^":]+)"?: (\S+)$/gm)].map(([, name = "", version = ""]) => [
      name,
      version,
    ]),
  );
}
