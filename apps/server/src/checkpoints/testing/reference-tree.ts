import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { GIT_ENVIRONMENT } from "./bare-git.ts";

const execute = promisify(execFile);

/**
 * The tree that plain git makes of a directory: `git add -A` in a copy whose repositories, its own and those inside, are
 * removed first. Written without the code under test.
 */
export async function referenceTree(workspace: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), "trunkline-tree-"));
  try {
    await execute("cp", ["-a", `${workspace}/.`, copy]);
    await execute("find", [copy, "-name", ".git", "-prune", "-exec", "rm", "-rf", "{}", "+"]);
    const git = async (...args: string[]): Promise<string> =>
      (await execute("git", args, { cwd: copy, env: GIT_ENVIRONMENT })).stdout.trim();
    await git("init", "-q");
    await writeFile(
      join(copy, ".git", "info", "attributes"),
      "* -text -ident !filter !working-tree-encoding\n",
    );
    await git("-c", "core.protectNTFS=false", "add", "-A");
    return await git("write-tree");
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** Runs git as a user would, in the user's own repository. */
export async function userGit(directory: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute("git", args, { cwd: directory, env: GIT_ENVIRONMENT, maxBuffer: 1e8 });
  return stdout;
}
