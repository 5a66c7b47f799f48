import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Imports a module and prints the address of each file that this loads. */
const LIST = `
import { registerHooks } from "node:module";
const loaded = [];
registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
await import(process.argv[1]);
process.stdout.write(JSON.stringify(loaded), () => process.exit());
`;

/** @returns names of the packages from the registry that are loaded with a module, before anything of it runs */
export async function packagesLoadedBy(module: URL): Promise<Set<string>> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", LIST, module.href],
    { maxBuffer: 64 * 1_048_576 },
  );
  const urls = JSON.parse(stdout) as string[];
  return new Set(urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []));
}
