import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Files of the repository: enough that a kill can come in the middle of writing them. */
export const FILES = 400;

export async function git(directory: string, ...args: string[]): Promise<string> {
  const identity = { name: "Ada", email: "ada@example.com" };
  const { stdout } = await execute("git", args, {
    cwd: directory,
    env: {
      PATH: process.env["PATH"],
      HOME: "/nonexistent",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: identity.name,
      GIT_AUTHOR_EMAIL: identity.email,
      GIT_COMMITTER_NAME: identity.name,
      GIT_COMMITTER_EMAIL: identity.email,
    },
  });
  return stdout.trim();
}

/** A repository to work in, with these files beside its own. @returns its tree */
export async function makeSource(
  directory: string,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  await mkdir(directory, { recursive: true });
  await git(directory, "init", "-q", "-b", "main");
  const files = Array.from({ length: FILES }, (_, index): [string, string] => [
    `src/d${index % 20}/f${index}.txt`,
    `${index}\n`.repeat(20),
  ]);
  for (const [name, content] of [...files, ...Object.entries(more)]) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  await git(directory, "add", "-A");
  await git(directory, "commit", "-q", "-m", "first");
  return git(directory, "rev-parse", "HEAD^{tree}");
}

/** What nothing here may change in a repository. */
export async function stateOf(source: string): Promise<string> {
  const parts = await Promise.all([
    git(source, "status", "--porcelain", "--branch"),
    git(source, "for-each-ref"),
    git(source, "rev-parse", "HEAD"),
  ]);
  return parts.join("\n");
}
