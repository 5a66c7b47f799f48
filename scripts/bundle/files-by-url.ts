import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, relative, resolve, sep } from "node:path";
import type { EmittedFile, Plugin } from "rolldown";

export interface FilesByUrlOptions {
  /** The workspace, absolute. */
  root: string;
  /** Of the bundle, absolute; one that is moved stays at the same distance from what lies outside of it. */
  home: string;
  /** Where something of the workspace will lie that is not in the bundle: from an absolute path to another. */
  locate: (path: string) => string;
  /** Called with each data file that goes into the bundle, absolute. */
  onData: (file: string) => void;
}

/** A file that a module finds by its own URL, named by a literal: `new URL("./writer-worker.ts", import.meta.url)`. */
const FILE_URL = /new URL\(\s*"([^":/][^":]*)",\s*import\.meta\.url,?\s*\)/g;
/** Packages are found from any directory of the app. */
const ANY_PLACE = /\b(?:createRequire|fileURLToPath)\(import\.meta\.url\)/g;

/**
 * A bundle lies elsewhere than the modules that it is made of. What they find by their own URL stays findable: programs and
 * workers become entries of the bundle, data lies beside it, and ways out of a package's sources start at the bundle.
 *
 * @throws Error for a use of `import.meta` that it can't follow
 */
export function filesByUrl({ root, home, locate, onData }: FilesByUrlOptions): Plugin {
  /** Names in the bundle, which has no directories, and whose they are. */
  const owners = new Map<string, string>();

  /** @returns the same name for the same file */
  function nameOf(file: string): string {
    const name = `${basename(dirname(file))}-${basename(file, extname(file))}`;
    const owner = owners.get(name) ?? file;
    if (owner !== file) throw new Error(`${owner} and ${file} would both be ${name} in the bundle`);
    owners.set(name, file);
    return name;
  }

  return {
    name: "files-by-url",
    transform(code, id) {
      const isOurs = id.startsWith(root + sep) && !id.includes(`${sep}node_modules${sep}`);
      if (!isOurs || !code.includes("import.meta.")) return null;

      const changed = code.replaceAll(FILE_URL, (_, path: string) => {
        const file = resolve(dirname(id), path);
        if (!existsSync(file)) throw new Error(`${id} names ${path}, which does not exist`);
        const there = `./${path.startsWith("../") ? outside(file) : inside.call(this, file)}`;
        return `new URL(${JSON.stringify(there)}, import.meta.url)`;
      });
      if (changed.replaceAll(FILE_URL, "").replaceAll(ANY_PLACE, "").includes("import.meta.")) {
        throw new Error(`${id}: a bundle can't follow its use of import.meta. Name one file, as a literal`);
      }
      return { code: changed };
    },
  };

  function outside(file: string): string {
    return relative(home, locate(file));
  }

  function inside(this: { emitFile: (file: EmittedFile) => string }, file: string): string {
    const name = nameOf(file);
    const isCode = extname(file) === ".ts";
    const fileName = `${name}${isCode ? ".js" : extname(file)}`;
    if (isCode) {
      this.emitFile({ type: "chunk", id: file, fileName });
    } else {
      this.emitFile({ type: "asset", fileName, source: readFileSync(file) });
      onData(file);
    }
    return fileName;
  }
}
