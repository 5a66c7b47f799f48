import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { rolldown, type OutputChunk } from "rolldown";
import type * as browser from "./consumer/browser.ts";
import { offlineDependencies } from "./offline-dependencies.ts";

const run = promisify(execFile);
const inWorkspace = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const consumer = (file: string): string => fileURLToPath(new URL(`consumer/${file}`, import.meta.url));

/** Exports of `consumer/browser.ts`, for a page that has loaded its bundle. */
export type BrowserConsumer = typeof browser;

/** `tsc` flags besides `--strict`, as a user may have them. */
export type CompilerFlags = Readonly<Record<string, string>>;

/** An empty project outside the workspace with the client installed from `pnpm pack`. */
export class InstalledClient implements AsyncDisposable {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async install(): Promise<InstalledClient> {
    const project = new InstalledClient(await mkdtemp(join(tmpdir(), "trunkline-client-")));
    try {
      await project.#install();
      return project;
    } catch (error) {
      await project[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Copies a program of `consumer/` into the project. @returns its path there */
  async add(file: string): Promise<string> {
    await copyFile(consumer(file), join(this.directory, file));
    return file;
  }

  async write(file: string, text: string): Promise<string> {
    await writeFile(join(this.directory, file), text);
    return file;
  }

  /** Type-checks strictly, including the packages' declarations. @returns the compiler's errors */
  async compile(files: readonly string[], flags: CompilerFlags): Promise<string> {
    const all = { noEmit: "true", strict: "true", skipLibCheck: "false", target: "es2024", ...flags };
    const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
    const { stdout } = await run(
      process.execPath,
      [inWorkspace("node_modules/typescript/bin/tsc"), ...args, ...files],
      { cwd: this.directory },
    ).catch((error: unknown) => error as { stdout: string });
    return stdout;
  }

  async node(file: string, env: Record<string, string>): Promise<string> {
    const { stdout } = await run(process.execPath, [file], {
      cwd: this.directory,
      env: { PATH: process.env["PATH"], ...env },
    });
    return stdout;
  }

  /** @returns one minified module for browsers, and the packages' files that are part of it */
  async bundle(file: string): Promise<{ code: string; modules: string[] }> {
    await using build = await rolldown({
      input: join(this.directory, file),
      platform: "browser",
      logLevel: "silent",
    });
    const { output } = await build.generate({ format: "esm", minify: true });
    const [{ code, modules }] = output as [OutputChunk];
    const left = Object.entries(modules).filter(([, { renderedLength }]) => renderedLength > 0);
    return { code, modules: left.map(([path]) => path) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  async #install(): Promise<void> {
    for (const name of ["contract", "client"]) {
      await this.#pnpm(inWorkspace(`packages/${name}`), ["pack", "--pack-destination", this.directory]);
    }
    const tarball = async (name: string): Promise<string> => {
      const files = await readdir(this.directory);
      return `file:${files.find((file) => file.startsWith(`trunkline-${name}-`) && file.endsWith(".tgz"))}`;
    };
    await this.write(
      "package.json",
      JSON.stringify({
        private: true,
        type: "module",
        dependencies: { "@trunkline/client": await tarball("client"), "@types/node": "*" },
      }),
    );
    const overrides = { "@trunkline/contract": await tarball("contract"), ...offlineDependencies() };
    // JSON is valid YAML.
    await this.write("pnpm-workspace.yaml", JSON.stringify({ packages: ["."], overrides }));
    const options = ["--offline", "--config.auto-install-peers=false", "--store-dir", "store"];
    await this.#pnpm(this.directory, ["install", ...options]);
  }

  async #pnpm(cwd: string, args: readonly string[]): Promise<void> {
    await run("pnpm", args, { cwd }).catch((error: unknown) => {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`pnpm ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
    });
  }
}
