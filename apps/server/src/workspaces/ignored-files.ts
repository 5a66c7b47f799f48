import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { TrunklineError } from "@trunkline/contract";
import { removeDirectory } from "../common/remove-directory.ts";
import { nameText } from "../common/raw-names.ts";
import { type Git, GitError } from "../git/port.ts";
import { HOME_CACHES } from "./home-caches.ts";
import type { FindIgnored } from "./port.ts";

/**
 * A repository is asked what it does not track and ignores, by its own rules: whoever wrote them decides. Elsewhere, as in
 * one that can't be read, `.gitignore` files count, and git gets an empty repository to work with.
 */
const SCRIPT = `
set -euo pipefail
scratch=$1
shift
list() { git ls-files --others --ignored --directory -z "$@"; }
if [ -e .git ] && list --exclude-standard >"$scratch/list" 2>/dev/null; then :; else
  git init -q --bare --template= "$scratch/empty.git"
  export GIT_DIR="$scratch/empty.git" GIT_WORK_TREE=.
  list --exclude-per-directory=.gitignore "\${@/#/--exclude=}" >"$scratch/list"
fi
cat "$scratch/list"
`;

const TIMEOUT_MS = 60_000;
/** Of names; a directory that is ignored is one. */
const MAX_OUTPUT_BYTES = 16 * 1_048_576;

/** @param options.dataDir of this process alone. */
export function createFindIgnored({ git, dataDir }: { git: Git; dataDir: string }): FindIgnored {
  return async (workspace) => {
    const scratch = join(dataDir, "scratch", randomUUID());
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    try {
      const { stdout } = await git.sandboxed({
        script: SCRIPT,
        args: [scratch, ...HOME_CACHES],
        directory: workspace,
        writable: [scratch],
        timeoutMs: TIMEOUT_MS,
        maxOutputBytes: MAX_OUTPUT_BYTES,
      });
      const names = nameText(stdout).split("\0");
      return new Set(names.map((name) => name.replace(/\/$/, "")).filter((name) => name !== ""));
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      throw new TrunklineError(
        "validation_failed",
        `Which files are ignored can't be found: ${error.message}. Download them with the ignored ones`,
        { cause: error },
      );
    } finally {
      await removeDirectory(scratch);
    }
  };
}
