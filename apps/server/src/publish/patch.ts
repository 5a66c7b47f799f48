import type { Git } from "../git/port.ts";
import { firstLine, identity } from "./commit-work.ts";
import type { PrivateRepository } from "./private-repository.ts";

/**
 * Lines of a message that `git am` and `git apply` would take for the end of it, for a change or for another commit: what nobody has
 * seen in any diff would be applied.
 */
const READ_AS_PATCH = "^(diff -|Index: |---|[+][+][+] |@@ |GIT binary patch|>*From |base-commit: )";

/**
 * The commits since `base` as a mailbox for `git am` (and `git apply`), authors and messages kept. Where history can't be told
 * that way (merges, a rewritten base, or messages that would be read as changes), as one commit.
 */
export async function writePatch(
  git: Git,
  repository: PrivateRepository,
  {
    base,
    commit,
    title,
    author,
  }: { base: string; commit: string; title: string; author: { name: string; email: string } },
  onOutput: (bytes: Uint8Array) => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const hasNo = async (...which: readonly string[]): Promise<boolean> =>
    (await repository.run(["rev-list", "--max-count=1", ...which, `${base}..${commit}`])).stdout.length === 0;
  const isTellable =
    (await repository.isAncestor(base, commit)) &&
    (await hasNo("--merges")) &&
    (await hasNo("--extended-regexp", `--grep=${READ_AS_PATCH}`));
  const tip = isTellable
    ? commit
    : (
        await git.own({
          args: ["commit-tree", `${commit}^{tree}`, "-p", base, "-m", firstLine(title)],
          directory: repository.directory,
          environment: identity(author),
        })
      ).stdout
        .toString()
        .trim();
  await git.own({
    args: [
      "format-patch",
      "--stdout",
      "--binary",
      "--full-index",
      "--no-signature",
      "--no-renames",
      // Where it belongs: `base-commit:` below the first one.
      `--base=${base}`,
      `${base}..${tip}`,
    ],
    directory: repository.directory,
    onOutput,
    timeoutMs: 600_000,
    signal,
  });
}
