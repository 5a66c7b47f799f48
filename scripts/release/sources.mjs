import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import { stripTypeScriptTypes } from "node:module";
import { readManifest, writeManifest } from "./package-file.mjs";

/** @import { Manifest } from "./package-file.mjs" */

/**
 * A package of the workspace whose sources ship.
 *
 * @typedef {{ name: string, directory: string, manifest: Manifest }} WorkspacePackage
 */

/** Every path to a module in our sources is a literal: of an import, or of a worker's URL. */
const MODULE_PATH = /(["'])(\.{1,2}\/[^"'\n]*|@trunkline\/[^"'\n]*)\1/g;

/** @param {string} directory @returns {WorkspacePackage} */
export function readPackage(directory) {
  const manifest = readManifest(directory);
  return { name: manifest.name, directory, manifest };
}

/**
 * Every file that `entries` need, themselves included. What only tests, docs and benches use is reached from nowhere.
 *
 * @param {readonly string[]} entries
 * @param {readonly WorkspacePackage[]} packages
 * @returns {Set<string>} absolute paths
 */
export function reachableFiles(entries, packages) {
  const found = new Set(entries);
  // A set hands out what is added while it is walked.
  for (const file of found) {
    if (![".ts", ".mjs"].includes(extname(file))) continue;
    for (const [, , path = ""] of readFileSync(file, "utf8").matchAll(MODULE_PATH)) {
      const target = path.startsWith(".") ? join(dirname(file), path) : exportedFile(path, packages);
      if (target !== null && extname(target) !== "" && existsSync(target)) found.add(target);
    }
  }
  return found;
}

/**
 * @param {string} specifier such as `@trunkline/contract/schemas`
 * @param {readonly WorkspacePackage[]} packages
 * @returns {string | null} null where a text only looks like one
 */
function exportedFile(specifier, packages) {
  const owner = packages.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (owner === undefined) return null;
  const file = owner.manifest.exports?.[`.${specifier.slice(owner.name.length)}`];
  return file === undefined ? null : join(owner.directory, file);
}

/**
 * Writes a package's part of `files` as JavaScript. Types become blanks, as when Node runs the sources: lines and columns
 * of a stack trace are those of the source.
 *
 * @param {WorkspacePackage} from
 * @param {Set<string>} files
 * @param {string} to
 */
export function writeSources({ directory, manifest }, files, to) {
  for (const file of files) {
    if (!file.startsWith(`${directory}/`)) continue;
    const target = join(to, toJavaScriptName(relative(directory, file)));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, converted(file));
  }
  const exports = Object.entries(manifest.exports ?? {}).map(([name, file]) => [
    name,
    toJavaScriptName(file),
  ]);
  const { name, version, license } = manifest;
  writeManifest(to, { name, version, license, type: "module", exports: Object.fromEntries(exports) });
}

/** @param {string} file @returns {string | Buffer} */
function converted(file) {
  if (![".ts", ".mjs"].includes(extname(file))) return readFileSync(file);
  const source = readFileSync(file, "utf8");
  const code = extname(file) === ".ts" ? stripTypeScriptTypes(source) : source;
  return code
    .replaceAll(
      MODULE_PATH,
      (_, /** @type {string} */ quote, /** @type {string} */ path) =>
        `${quote}${toJavaScriptName(path)}${quote}`,
    )
    .replaceAll(/[ \t]+$/gm, "");
}

/** @param {string} path */
function toJavaScriptName(path) {
  return path.replace(/\.ts$/, ".js");
}

/**
 * Files that code reads by name: everything in the directories of `files` that is no code.
 *
 * @param {Set<string>} files
 * @returns {string[]}
 */
export function dataFiles(files) {
  const directories = new Set([...files].map((file) => dirname(file)));
  return [...directories].flatMap((directory) =>
    [directory, join(directory, "scripts")]
      .filter((at) => existsSync(at))
      .flatMap((at) => readdirSync(at, { withFileTypes: true }).map((entry) => ({ at, entry })))
      .filter(({ entry }) => entry.isFile() && [".json", ".sh"].includes(extname(entry.name)))
      .map(({ at, entry }) => join(at, entry.name)),
  );
}
