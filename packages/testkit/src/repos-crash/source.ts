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

/** A repository to work in. @returns its tree */
export async function makeSource(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  await git(directory, "init", "-q", "-b", "main");
  for (let index = 0; index < FILES; index++) {
    const path = join(directory, `src/d${index % 20}/f${index}.txt`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${index}\n`.repeat(20));
  }
  await git(directory, "add", "-A");
  await git(directory, "commit", "-q", "-m", "first");
  return git(directory, "rev-parse", "HEAD^{tree}");
}
