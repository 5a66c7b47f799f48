import { execFile } from "node:child_process";
import { cp, realpath } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { RepositoryName } from "./task.ts";

const execute = promisify(execFile);

const ENVIRONMENT = {
  PATH: process.env["PATH"],
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "bench",
  GIT_AUTHOR_EMAIL: "bench@localhost",
  GIT_COMMITTER_NAME: "bench",
  GIT_COMMITTER_EMAIL: "bench@localhost",
  // The same names of commits, and so the same prompts, each time.
  GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
  GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
};

const require = createRequire(import.meta.url);

const MANIFESTS: Record<RepositoryName, () => string> = {
  ms: () => require.resolve("ms/package.json"),
  mri: () => require.resolve("mri/package.json"),
  semver: () => require.resolve("semver/package.json"),
  picomatch: () => require.resolve("picomatch/package.json"),
};

/** @throws Error with what the shell printed, if it fails. */
export async function shellIn(directory: string, script: string): Promise<void> {
  await execute("bash", ["-e", "-c", script], { cwd: directory, env: ENVIRONMENT });
}

/** Makes a repository with one commit of an installed package's files. */
export async function makeRepository(
  name: RepositoryName,
  directory: string,
  prepare: string | undefined,
): Promise<void> {
  const manifest = await realpath(MANIFESTS[name]());
  await cp(dirname(manifest), directory, {
    recursive: true,
    filter: (source) => source !== join(dirname(manifest), "node_modules"),
  });
  if (prepare !== undefined) await shellIn(directory, prepare);
  await shellIn(directory, "git init -q -b main && git add -A && git commit -q -m 'As published'");
}
