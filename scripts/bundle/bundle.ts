import { join, sep } from "node:path";
import { rolldown } from "rolldown";
import { filesByUrl } from "./files-by-url.ts";

/** A program of the workspace. */
export interface Program {
  /** Of its file in the bundle, without `.js`. */
  name: string;
  /** The directory of its package, from the workspace. */
  app: string;
}

export const SERVER: Program = { name: "trunkline-server", app: "apps/server" };
export const COMMAND_LINE: Program = { name: "trunkline", app: "apps/cli" };

/** Packages with a binary of the machine, and one that others use only where it is installed. */
const EXTERNAL = [/^better-sqlite3($|\/)/, /^@vscode\/ripgrep($|\/)/, /^pg-native$/, /^pg-cloudflare$/];

export interface BundleOptions {
  /** The workspace, absolute. */
  root: string;
  /** Where to, absolute. */
  directory: string;
  /** See FilesByUrlOptions; default: things stay where they are. */
  locate?: (path: string) => string;
}

export interface Bundle {
  /** Our files that went into it, absolute. */
  sources: string[];
  /** Files of others' packages that went into it, absolute. */
  libraries: string[];
}

/** Writes programs, with all modules that they load, as a few files: starting takes half the time and 25 MB less than from the sources. */
export async function bundle(programs: readonly Program[], options: BundleOptions): Promise<Bundle> {
  const { root, directory, locate = (path) => path } = options;
  const data: string[] = [];
  const bundling = await rolldown({
    input: Object.fromEntries(programs.map(({ name, app }) => [name, join(root, app, "src", "main.ts")])),
    platform: "node",
    external: EXTERNAL,
    // What a package offers as modules first: in an older kind of file (UMD) nobody can tell what it requires.
    resolve: { mainFields: ["module", "main"] },
    plugins: [
      filesByUrl({ root, home: directory, locate, onData: (file) => data.push(file) }),
      {
        name: "ascii",
        // Last of all: rolldown writes letters in place of escapes when it renders.
        generateBundle(_, files) {
          for (const file of Object.values(files)) {
            if (file.type === "chunk") file.code = file.code.replace(/\P{ASCII}/gv, escaped);
          }
        },
      },
    ],
    onLog(level, log, handle) {
      // A module that isn't found would be found missing when somebody needs it.
      if (log.code === "UNRESOLVED_IMPORT") throw new Error(log.message);
      handle(level, log);
    },
  });
  const { output } = await bundling.write({
    dir: directory,
    format: "esm",
    entryFileNames: "[name].js",
    comments: { jsdoc: false },
  });
  await bundling.close();
  for (const file of output) if (file.type === "chunk") requireAll(file.fileName, file.code);
  const modules = new Set(output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : [])));
  const files = [...modules].filter((id) => id.startsWith("/"));
  const isLibrary = (file: string): boolean => file.includes(`${sep}node_modules${sep}`);
  return {
    sources: [...files.filter((file) => !isLibrary(file)), ...data],
    libraries: files.filter(isLibrary),
  };
}

/** One letter outside ASCII, and V8 keeps the whole file in twice the memory. Texts and patterns mean the same so. */
function escaped(letter: string): string {
  // Of a pair, each half.
  const units = Array.from({ length: letter.length }, (_, index) => letter.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** `require` handed on as a value, or called with a path: what it would load is not in the bundle. */
const LEFT_OUT = /[(,]\s*__require\s*[,)]|__require\("\.{1,2}\//;

/** @throws Error if a module needs one that is not there. */
function requireAll(name: string, code: string): void {
  const [found] = LEFT_OUT.exec(code) ?? [];
  if (found !== undefined)
    throw new Error(`${name}: a library requires what a bundle can't follow: ${found}`);
}
