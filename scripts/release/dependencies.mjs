import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readManifest, without, writeManifest } from "./package-file.mjs";

/** @import { Manifest } from "./package-file.mjs" */

/**
 * Left to npm, which chooses the binaries of the machine; in the exact version of the workspace.
 */
export const FROM_REGISTRY = ["better-sqlite3", "@vscode/ripgrep"];

/** A program that tells its maker about the installation of swagger-ui-dist; and a compiler, for tRPC's declarations. */
const NEVER = ["@scarf/scarf", "typescript"];

/** What programs load; not sources, declarations, maps, tests and pages. */
const LOADED = /\.(?:[cm]?js|json|node|wasm)$/;
const UNUSED_DIRECTORY = /^(?:node_modules|test|tests|__tests__|docs|examples?|benchmarks?|skills|\.github)$/;
const LICENCE = /^(?:licen[cs]e|notice|copying)/i;

/** Of a package.json: what npm would install beside, or run. */
const NOT_SHIPPED = [
  "devDependencies",
  "peerDependencies",
  "peerDependenciesMeta",
  "optionalDependencies",
  "scripts",
  "engines",
];

/** Of a package that is one page's files, those that are served. */
const SERVED = new Map([
  ["swagger-ui-dist", ["swagger-ui.css", "swagger-ui-bundle.js", "LICENSE", "NOTICE"]],
]);

/**
 * Copies packages with all that they depend on, in the versions that this workspace was tested with: npm would choose newer
 * ones on the day of each installation, and bring peers that are for declarations alone (of tRPC, 30 MB of TypeScript).
 *
 * @param {readonly { name: string, user: string }[]} wanted names, and a directory of the workspace that depends on it
 * @param {string} nodeModules
 * @returns {Record<string, string>} versions of what lies in `nodeModules` itself
 */
export function copyDependencies(wanted, nodeModules) {
  /** By place. @type {Map<string, string>} */
  const placed = new Map();
  /** @type {Record<string, string>} */
  const versions = {};
  // Those that are wanted come first, so that they are the ones at the root.
  const queue = wanted.map(({ name, user }) => ({ name, from: user, within: nodeModules }));
  for (const { name, from, within } of queue) {
    if (FROM_REGISTRY.includes(name) || NEVER.includes(name)) continue;
    const directory = installedFrom(from, name);
    const atRoot = join(nodeModules, name);
    // Another version than the one at the root lies below its user.
    const place = [undefined, directory].includes(placed.get(atRoot)) ? atRoot : join(within, name);
    if (placed.get(place) === directory) continue;
    placed.set(place, directory);
    const manifest = readManifest(directory);
    copyPackage(directory, place, manifest);
    if (place === atRoot) versions[name] = manifest.version;
    for (const dependency of needs(manifest)) {
      queue.push({ name: dependency, from: directory, within: join(place, "node_modules") });
    }
  }
  return versions;
}

/**
 * Dependencies, and the peers that it cannot do without.
 *
 * @param {Manifest} manifest
 */
function needs({ dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} }) {
  const required = Object.keys(peerDependencies).filter(
    (name) => peerDependenciesMeta[name]?.optional !== true,
  );
  return [...Object.keys(dependencies), ...required];
}

/**
 * Node's own lookup; `require.resolve` fails for a package that does not export its package.json.
 *
 * @param {string} user
 * @param {string} name
 * @returns {string}
 */
function installedFrom(user, name) {
  for (let at = user; ; at = dirname(at)) {
    const found = join(at, "node_modules", name);
    if (existsSync(join(found, "package.json"))) return realpathSync(found);
    if (at === dirname(at)) throw new Error(`${user} needs ${name}, which is not installed`);
  }
}

/**
 * @param {string} directory
 * @param {string} to
 * @param {Manifest} manifest
 */
function copyPackage(directory, to, manifest) {
  for (const path of files(directory, SERVED.get(basename(directory)))) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(directory, path), join(to, path));
  }
  mkdirSync(to, { recursive: true });
  const dependencies = Object.entries(manifest.dependencies ?? {}).filter(([name]) => !NEVER.includes(name));
  writeManifest(to, { ...without(manifest, NOT_SHIPPED), dependencies: Object.fromEntries(dependencies) });
}

/**
 * @param {string} directory
 * @param {readonly string[] | undefined} only
 * @returns {string[]} relative paths
 */
function files(directory, only) {
  if (only !== undefined) return [...only];
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((path) => {
    const parts = path.split("/");
    const name = parts.pop() ?? "";
    if (!LOADED.test(name) && !LICENCE.test(name)) return false;
    // A directory of that name may be loaded from further below.
    return !UNUSED_DIRECTORY.test(parts[0] ?? "") && statSync(join(directory, path)).isFile();
  });
}
