import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { lstat, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Like a person's git, but with nobody's settings. */
export async function git(directory: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute("git", args, {
    cwd: directory,
    maxBuffer: 64 * 1_048_576,
    env: {
      PATH: process.env["PATH"],
      HOME: "/nonexistent",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_AUTHOR_NAME: "Ada",
      GIT_AUTHOR_EMAIL: "ada@example.com",
      GIT_COMMITTER_NAME: "Ada",
      GIT_COMMITTER_EMAIL: "ada@example.com",
    },
  });
  return stdout.trimEnd();
}

/** A repository with one commit of these files. */
export async function makeRepository(directory: string, files: Record<string, string>): Promise<string> {
  await mkdir(directory, { recursive: true });
  await git(directory, "init", "-q", "-b", "main");
  return commitFiles(directory, "first", files);
}

/** @returns the commit */
export async function commitFiles(
  directory: string,
  message: string,
  files: Record<string, string>,
): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  await git(directory, "add", "-A");
  await git(directory, "commit", "-q", "-m", message);
  return git(directory, "rev-parse", "HEAD");
}

/** All that a person's git would show of a repository, and every byte in its git directory. */
export async function stateOf(directory: string): Promise<string> {
  const hash = createHash("sha256");
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).toSorted();
  for (const path of paths) {
    const found = await lstat(path);
    hash.update(`${path} ${found.mode} ${found.mtimeMs} ${found.ctimeMs}\n`);
    if (found.isFile()) hash.update(await readFile(path));
  }
  return hash.digest("hex");
}
