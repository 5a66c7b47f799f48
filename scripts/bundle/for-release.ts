/*
 * `node scripts/bundle/for-release.ts DIRECTORY`: the command line, with the server, for a package in that directory, and the licences
 * of what is in it.
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, COMMAND_LINE } from "./bundle.ts";
import { licencesOf } from "./licences.ts";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const destination = resolve(process.argv[2] ?? "");

/** What the bundle finds beside it, in the workspace and in the package. */
const places = new Map([
  [join(root, "apps", "web"), join(destination, "node_modules", "@trunkline", "web")],
  [join(root, "apps", "cli", "bin", "trunkline.mjs"), join(destination, "bin", "trunkline.mjs")],
]);

const { libraries } = await bundle([COMMAND_LINE], {
  root,
  directory: join(destination, "dist"),
  locate(path) {
    const place = places.get(path);
    if (place === undefined) throw new Error(`${path} has no place in the package`);
    return place;
  },
});
writeFileSync(join(destination, "dist", "LICENSES.txt"), licencesOf(libraries));
