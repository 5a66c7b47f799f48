import { createHash } from "node:crypto";
import type { Git } from "../git/port.ts";
import type { SetupCommand } from "./setup-command.ts";

/** Files that decide what package managers install, at the root of a repository. */
const KNOWN_FILES = [
  ".tool-versions",
  ".nvmrc",
  ".node-version",
  ".python-version",
  "package.json",
  "package-lock.json",
  "npm-shrinkwrap.json",
  "pnpm-lock.yaml",
  "pnpm-workspace.yaml",
  "yarn.lock",
  "bun.lock",
  "bun.lockb",
  "deno.lock",
  "pyproject.toml",
  "uv.lock",
  "poetry.lock",
  "Pipfile.lock",
  "requirements.txt",
  "setup.py",
  "setup.cfg",
  "go.mod",
  "go.sum",
  "Cargo.toml",
  "Cargo.lock",
  "rust-toolchain.toml",
  "Gemfile",
  "Gemfile.lock",
  "composer.json",
  "composer.lock",
  "pom.xml",
  "build.gradle",
  "build.gradle.kts",
  "gradle.lockfile",
  "mix.lock",
];

/** Words of a script that are looked up as paths. */
const MAX_WORDS = 500;

/**
 * Names what a setup makes by what it is made from: the script, the known files and whatever the script names of the
 * repository (a directory counts with all that is in it), and the machine.
 * @param image changes with the system and its toolchains.
 */
export async function setupKey(
  git: Pick<Git, "own">,
  mirror: string,
  { command, commit, image }: { command: SetupCommand; commit: string; image: string },
): Promise<string> {
  const words = command.script.match(/[\w@%+,./-]+/g) ?? [];
  const paths = words
    .slice(0, MAX_WORDS)
    .map((word) => word.replace(/^(?:\.\/)+/, "").replace(/\/+$/, ""))
    .filter(
      (word) => word !== "" && word !== "." && !word.startsWith("/") && !word.split("/").includes(".."),
    );
  const { stdout } = await git.own({
    args: ["ls-tree", "-z", commit, "--", ...new Set([...KNOWN_FILES, ...paths])],
    directory: mirror,
    // Paths, not patterns.
    environment: { GIT_LITERAL_PATHSPECS: "1" },
  });
  const hash = createHash("sha256");
  for (const part of ["1", image, command.script, stdout.toString()]) hash.update(`${part.length}:${part}`);
  return hash.digest("hex");
}
