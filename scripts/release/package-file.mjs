import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What is read of a package.json here; the rest goes along.
 *
 * @typedef {{
 *   name: string,
 *   version: string,
 *   license?: string,
 *   exports?: Record<string, string>,
 *   dependencies?: Record<string, string>,
 *   peerDependencies?: Record<string, string>,
 *   peerDependenciesMeta?: Record<string, { optional?: boolean }>,
 *   [field: string]: unknown,
 * }} Manifest
 */

/** @param {string} directory */
export function readManifest(directory) {
  return /** @type {Manifest} */ (JSON.parse(readFileSync(join(directory, "package.json"), "utf8")));
}

/**
 * @param {string} directory
 * @param {Record<string, unknown>} manifest
 */
export function writeManifest(directory, manifest) {
  writeFileSync(join(directory, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * @param {Manifest} manifest
 * @param {readonly string[]} fields
 * @returns {Record<string, unknown>}
 */
export function without(manifest, fields) {
  return Object.fromEntries(Object.entries(manifest).filter(([field]) => !fields.includes(field)));
}
