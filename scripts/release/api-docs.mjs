import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { readManifest, writeManifest } from "./package-file.mjs";

const NAME = "swagger-ui-dist";
/** Of 11 MB; not the program that tells its maker about the installation either. */
const SERVED = ["swagger-ui.css", "swagger-ui-bundle.js", "LICENSE", "NOTICE"];

/**
 * Copies the page of the API's docs, whose files the server serves as they are.
 *
 * @param {string} server directory of the package that depends on it
 * @param {string} nodeModules
 * @returns {Record<string, string>} its version by its name
 */
export function copyApiDocs(server, nodeModules) {
  const from = join(server, "node_modules", NAME);
  const to = join(nodeModules, NAME);
  mkdirSync(to, { recursive: true });
  for (const file of SERVED) cpSync(join(from, file), join(to, file));
  const { name, version, license } = readManifest(from);
  writeManifest(to, { name, version, license });
  return { [NAME]: version };
}
