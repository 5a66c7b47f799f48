import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { TrunklineError } from "@trunkline/contract";
import { removeDirectory } from "../common/remove-directory.ts";
import type { Git } from "../git/port.ts";
import { KeyLock } from "../locks/port.ts";
import { requireBranchName } from "./branch-name.ts";
import { commitWork } from "./commit-work.ts";
import { knowsForge, readForgeSites } from "./forges/forge-address.ts";
import { createLocalBranch } from "./local-branch.ts";
import { writePatch } from "./patch.ts";
import { type Approve, publicationPath, type Publisher, type SessionWork } from "./port.ts";
import { PACK_TIMEOUT_MS, PrivateRepository } from "./private-repository.ts";
import { push } from "./push.ts";
import { reviewPrompt } from "./review-prompt.ts";
import { workspaceProblem } from "./workspace-problem.ts";

/** @throws Error that says what is wrong with an entry */
export function createPublisher({
  git,
  sharedDir,
  forges: entries,
}: {
  git: Git;
  /** With the private repositories, one per session. */
  sharedDir: string;
  /** `HOST=KIND` and `HOST=KIND:API` of self-hosted ones. */
  forges: readonly string[];
}): Publisher {
  const lock = new KeyLock();
  const forges = readForgeSites(entries);

  /** Where the work is once it has been handed over. @throws TrunklineError where there is none */
  async function handOver(work: SessionWork, moves: boolean, signal: AbortSignal, approve?: Approve) {
    const repository = await openPrivate(work);
    const commit = work.archived ?? (await takeOut(repository, work, moves, signal));
    if (commit === null || (await repository.isAncestor(commit, work.baseCommit))) throw nothingToPublish();
    await approve?.(async () => repository.changed(work.baseCommit, commit));
    return { repository, commit };
  }

  const openPrivate = async ({ sessionId, mirror }: SessionWork) =>
    PrivateRepository.open(git, join(sharedDir, publicationPath(sessionId)), mirror);

  /**
   * Out of the workspace, into the private repository. @param moves whether the session's branch goes along
   * @returns null if the workspace has nothing that the base has not
   */
  async function takeOut(
    repository: PrivateRepository,
    work: SessionWork,
    moves: boolean,
    signal: AbortSignal,
  ): Promise<string | null> {
    const { mirror, baseCommit } = work;
    const index = moves ? null : await mkdtemp(join(repository.directory, "index-"));
    try {
      const commit = await commitWork(git, work, { index, signal });
      if (await repository.isAncestor(commit, baseCommit)) return null;
      await repository.takeIn(
        async (onOutput) =>
          git.sandboxed({
            args: ["pack-objects", "--quiet", "--revs", "--stdout"],
            input: `${commit}\n^${baseCommit}\n`,
            directory: work.directory,
            readOnly: [mirror],
            onOutput,
            timeoutMs: PACK_TIMEOUT_MS,
            signal,
          }),
        signal,
      );
      return commit;
    } catch (error) {
      throw workspaceProblem(error);
    } finally {
      if (index !== null) await removeDirectory(index);
    }
  }

  return {
    toArchive: async (work, branch, signal) =>
      lock.run(work.sessionId, async () => {
        const repository = await openPrivate(work);
        const commit = (await takeOut(repository, work, true, signal)) ?? work.baseCommit;
        await repository.keep(requireBranchName(branch), commit);
        return commit;
      }),

    toRemote: async (work, { branch, bases, approve, ...open }, signal) =>
      lock.run(work.sessionId, async () => {
        const { repository, commit } = await handOver(work, true, signal, approve);
        const { defaultBranch } = await push(git, repository, open, { branch, commit, bases }, signal);
        return { commit, defaultBranch };
      }),

    toDirectory: async (work, { approve, ...target }, signal) =>
      lock.run(work.sessionId, async () => {
        const { repository, commit } = await handOver(work, true, signal, approve);
        await createLocalBranch(git, repository, { ...target, borrows: [work.mirror], commit }, signal);
        return commit;
      }),

    toPatch: async (work, signal) =>
      lock.run(work.sessionId, async () => {
        const { repository, commit } = await handOver(work, false, signal);
        const { baseCommit: base, title, author } = work;
        return {
          commit,
          write: async (onOutput) =>
            writePatch(git, repository, { base, commit, title, author }, onOutput, signal),
        };
      }),

    knowsForge: (url) => knowsForge(forges, url),
    reviewPrompt,
    branchName: requireBranchName,
    async forge(repository, signal) {
      // Loaded by whoever publishes: what three forges may answer is a hundred schemas.
      const { openForge } = await import("./forges/open-forge.ts");
      return openForge(forges, { ...repository, signal });
    },
  };
}

function nothingToPublish(): TrunklineError {
  return new TrunklineError(
    "validation_failed",
    "There is nothing to publish: the session has changed no file since it started",
  );
}
