import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const inRoot = (path: string) => fileURLToPath(new URL(`../../../../node_modules/${path}`, import.meta.url));

const OPTIONS = {
  strict: "true",
  noEmit: "true",
  target: "es2024",
  module: "nodenext",
  skipLibCheck: "true",
  allowImportingTsExtensions: "true",
  types: "node",
  typeRoots: inRoot("@types"),
};

/** Type-checks programs with the workspace's compiler in strict mode. @returns its errors */
export async function compileStrictly(directory: string, files: readonly string[]): Promise<string> {
  const options = Object.entries(OPTIONS).flatMap(([name, value]) => [`--${name}`, value]);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [inRoot("typescript/bin/tsc"), ...options, ...files],
    { cwd: directory },
  ).catch((error: unknown) => error as { stdout: string });
  return stdout;
}
