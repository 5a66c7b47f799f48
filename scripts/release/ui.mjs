import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { readManifest, without, writeManifest } from "./package-file.mjs";

/** What `next build` leaves for itself. */
const LEFT_OUT = /^(cache|diagnostics|types|trace|trace-build|turbopack|build)(\/|$)|\.nft\.json$|\.map$/;
/** Of a package.json: what npm would install beside, or run. */
const NOT_SHIPPED = [
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
  "peerDependenciesMeta",
  "scripts",
];
/** Only for the optimization of images, which is off; 20 MB, and of one platform. */
const NOT_NEEDED = /^(sharp|@img\/.*)$/;

/**
 * Copies the built UI, with what it needs of its packages.
 *
 * @param {string} app directory of the Next app
 * @param {string} to
 */
export function copyUi(app, to) {
  const build = join(app, ".next");
  cpSync(build, join(to, ".next"), {
    recursive: true,
    filter: (source) => !LEFT_OUT.test(relative(build, source)),
  });
  cpSync(join(app, "public"), join(to, "public"), { recursive: true });
  // Where it was built is nobody's business.
  for (const name of ["required-server-files.json", "required-server-files.js"]) {
    const file = join(to, ".next", name);
    writeFileSync(file, readFileSync(file, "utf8").replaceAll(resolve(app, "../.."), "/trunkline"));
  }
  const { name, version, license } = readManifest(app);
  const packages = copyUiPackages(app, join(to, "node_modules"));
  const manifest = {
    name,
    version,
    license,
    dependencies: Object.fromEntries(packages.map((each) => [each, "*"])),
    bundleDependencies: packages,
  };
  writeManifest(to, manifest);
}

/**
 * Copies what the built UI needs of Next and its packages, by the lists that `next build` makes for its standalone output
 * and by what a start loads: a tenth of what an installation of Next takes, and the files that were tested.
 *
 * @param {string} app directory of the Next app
 * @param {string} nodeModules
 * @returns {string[]} names of the packages
 */
function copyUiPackages(app, nodeModules) {
  const build = join(app, ".next");
  /** @type {Map<string, string>} */
  const directories = new Map();
  for (const file of [...tracedFiles(build), ...loadedFiles(app)]) {
    // pnpm's links lead to the same files.
    const path = realpathSync(file);
    const found = inPackage(path);
    if (found === null || NOT_NEEDED.test(found.name) || !statSync(path).isFile()) continue;
    const known = directories.get(found.name) ?? found.directory;
    if (known !== found.directory) throw new Error(`Two versions of ${found.name}: ${known}, ${path}`);
    directories.set(found.name, known);
    copy(path, join(nodeModules, found.name, found.rest));
    // Next's own packages lie inside of it, and say in theirs which of their files is loaded.
    const manifest = join(dirname(path), "package.json");
    if (existsSync(manifest))
      copy(manifest, join(nodeModules, found.name, dirname(found.rest), "package.json"));
  }
  // Those that are needed lie beside it.
  for (const [name, directory] of directories) {
    writeManifest(join(nodeModules, name), without(readManifest(directory), NOT_SHIPPED));
  }
  return [...directories.keys()].toSorted();
}

/** @param {string} build @returns {string[]} */
function tracedFiles(build) {
  return readdirSync(build, { recursive: true, encoding: "utf8" })
    .filter((path) => path === "next-server.js.nft.json" || /^server\/.*\.nft\.json$/.test(path))
    .map((path) => join(build, path))
    .flatMap((list) => {
      const { files } = /** @type {{ files: string[] }} */ (JSON.parse(readFileSync(list, "utf8")));
      return files.map((file) => resolve(dirname(list), file));
    });
}

/** @param {string} app @returns {string[]} */
function loadedFiles(app) {
  const program = fileURLToPath(new URL("list-next-files.mjs", import.meta.url));
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  const printed = execFileSync(process.execPath, [program, app], { env, encoding: "utf8" });
  return /** @type {string[]} */ (JSON.parse(printed.slice(printed.lastIndexOf("\n"))));
}

/** @param {string} path */
function inPackage(path) {
  const parts = path.split(sep);
  const at = parts.lastIndexOf("node_modules");
  if (at === -1) return null;
  const length = parts[at + 1]?.startsWith("@") ? 2 : 1;
  return {
    name: parts.slice(at + 1, at + 1 + length).join("/"),
    directory: parts.slice(0, at + 1 + length).join(sep),
    rest: parts.slice(at + 1 + length).join(sep),
  };
}

/** @param {string} from @param {string} to */
function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}
