import type { Git } from "../git/port.ts";
import { identity } from "./commit-work.ts";
import type { PrivateRepository } from "./private-repository.ts";

/**
 * The commits since `base` as a mailbox for `git am` (and `git apply`), authors and messages kept. Where history can't be told
 * that way (merges, or a rewritten base), as one commit.
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
  const isLinear =
    (await repository.isAncestor(base, commit)) &&
    (await repository.run(["rev-list", "--merges", "--max-count=1", `${base}..${commit}`])).stdout.length ===
      0;
  const tip = isLinear
    ? commit
    : (
        await git.own({
          args: ["commit-tree", `${commit}^{tree}`, "-p", base, "-m", title],
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
