import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));

/**
 * A program's bundle (scripts/bundle), if there is one of the sources as they are now: a program never runs older code than
 * the one that lies there.
 *
 * @param {string} program its name
 * @param {string} [dist] directory of bundles
 * @returns {string | null} the file to import
 */
export function findBundle(program, dist = DIST) {
  try {
    const { directory, inputs } = /** @type {{ directory: string, inputs: [string, number, number][] }} */ (
      JSON.parse(readFileSync(join(dist, "current.json"), "utf8"))
    );
    const isOfNow = inputs.every(([path, mtimeMs, size]) => {
      const now = statSync(join(dist, path), { throwIfNoEntry: false });
      return now?.mtimeMs === mtimeMs && now.size === size;
    });
    const file = join(dist, directory, `${program}.js`);
    return isOfNow && existsSync(file) ? file : null;
  } catch {
    // None was made, or not a whole one.
    return null;
  }
}
