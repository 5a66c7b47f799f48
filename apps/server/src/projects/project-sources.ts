import { join } from "node:path";
import { type Project, TrunklineError } from "@trunkline/contract";
import type { Logger } from "pino";
import { type Git, GitError } from "../git/port.ts";
import { mirrorPath, type Store } from "../store/port.ts";
import type { FetchBase, FindDirectory } from "../workspaces/port.ts";
import { directoryUrl } from "./directory-url.ts";
import { fetchDirectory } from "./fetch-directory.ts";
import type { FetchLimits } from "./fetch-limits.ts";
import { fetchUrl } from "./fetch-url.ts";
import { Mirror } from "./mirror.ts";
import type { CheckSource } from "./port.ts";
import { findRef, type Refs } from "./refs.ts";
import type { Remotes } from "./remote.ts";
import { commitUncommitted } from "./uncommitted.ts";

export interface ProjectSourcesDeps {
  store: Pick<Store, "projects" | "users" | "isExclusive">;
  git: Git;
  remotes: Remotes;
  checkSource: CheckSource;
  /** Where all nodes have the mirrors. */
  sharedDir: string;
  limits: FetchLimits;
  removeDirectory: (path: string) => Promise<void>;
  logger: Pick<Logger, "warn">;
  now: () => number;
}

type Fetched = { startedAt: number } & ({ refs: Refs } | { error: unknown });

/** Brings projects' mirrors up to date, and says what sessions start from. */
export class ProjectSources {
  readonly #deps: ProjectSourcesDeps;
  /** The last fetch of each project here; each waits for the one before. */
  readonly #fetches = new Map<string, Promise<Fetched | undefined>>();

  constructor(deps: ProjectSourcesDeps) {
    this.#deps = deps;
  }

  /**
   * Fetches, and finds the commit. Where the source can't be reached, the last state of it is used, and `fetched` says so.
   * @param request.baseRef null: the project's. @throws TrunklineError, or the reason of the signal
   */
  readonly fetchBase: FetchBase = async (request) => {
    const { projectId, ownerId, baseRef, includeUncommitted, signal } = request;
    const project = await this.#usable(projectId, ownerId);
    const mirror = this.#mirror(projectId);
    const began = performance.now();
    const { refs, offline } = await this.#upToDate(project, mirror, signal);
    const wanted = includeUncommitted ? null : (baseRef ?? project.baseRef);
    const base = includeUncommitted
      ? await this.#uncommitted(project, mirror, refs, signal)
      : await findBase(mirror, refs, wanted, project.name);
    // It may have taken minutes, and have brought what somebody must not get with whom the project is no longer shared.
    await this.#usable(projectId, ownerId);
    const { source } = project;
    return {
      mirror: mirror.directory,
      commit: base.commit,
      ref: base.name,
      origin: source.kind === "git" ? source.url : directoryUrl(source.path),
      fetched: {
        projectId,
        commit: base.commit,
        durationMs: Math.round(performance.now() - began),
        ...(offline !== undefined && { offline }),
      },
    };
  };

  /** @returns the directory that a project names, if the operator still offers it. @throws TrunklineError */
  readonly findDirectory: FindDirectory = async (of) => {
    const { source, name, ownerId } = await this.#usable(of.projectId, of.ownerId);
    if (source.kind !== "directory") {
      throw new TrunklineError("validation_failed", `Project ${name} is a git URL: it has no directory`);
    }
    const checked = await this.#deps.checkSource(source, ownerId);
    return checked.kind === "directory" ? checked.path : source.path;
  };

  /** Removes the files of deleted projects that no session borrows from. */
  async sweep(): Promise<void> {
    const { store, sharedDir, removeDirectory, logger } = this.#deps;
    try {
      for (const projectId of await store.projects.unused()) {
        await removeDirectory(join(sharedDir, "projects", projectId));
        await store.projects.forget(projectId);
      }
    } catch (error) {
      logger.warn(
        { err: error },
        "files of deleted projects could not be removed; the next start tries again",
      );
    }
  }

  #mirror(projectId: string): Mirror {
    const directory = join(this.#deps.sharedDir, mirrorPath(projectId));
    return new Mirror(directory, this.#deps.git);
  }

  async #usable(projectId: string, ownerId: string): Promise<Project> {
    const project = await this.#deps.store.projects.find(projectId);
    if (project !== undefined && (project.ownerId === ownerId || project.shared)) return project;
    throw new TrunklineError("not_found", "The session's project was deleted, or is no longer shared");
  }

  async #upToDate(
    project: Project,
    mirror: Mirror,
    signal: AbortSignal,
  ): Promise<{ refs: Refs; offline?: string }> {
    const { store, now } = this.#deps;
    try {
      const refs = await this.#fetch(project, mirror, signal);
      const head = findRef(refs, project.baseRef);
      if (head !== null) await store.projects.fetched(project.id, { at: now(), commit: head.commit });
      return { refs };
    } catch (error) {
      signal.throwIfAborted();
      const why = error instanceof GitError || error instanceof TrunklineError ? describe(error) : undefined;
      if (why === undefined) throw error;
      await store.projects.fetched(project.id, { at: now(), error: why });
      if (await mirror.exists()) return { refs: await mirror.refs(), offline: why };
      throw new TrunklineError(
        "project_unreachable",
        `Project ${project.name} could not be fetched, and there is no earlier state of it: ${why}`,
        { cause: error },
      );
    }
  }

  /**
   * One at a time; who waited for another that began later than they asked has what they want, or knows why there is none: a
   * source that hangs takes the time of two fetches, however many wait for it.
   */
  async #fetch(project: Project, mirror: Mirror, signal: AbortSignal): Promise<Refs> {
    const asked = performance.now();
    const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
    const before = this.#fetches.get(project.id);
    const mine = (async (): Promise<Fetched> => {
      const earlier = await Promise.race([before, aborted]);
      signal.throwIfAborted();
      if (earlier !== undefined && earlier.startedAt >= asked) return earlier;
      const startedAt = performance.now();
      try {
        return { startedAt, refs: await this.#fetchNow(project, mirror, signal) };
      } catch (error) {
        // That one was canceled says nothing to the others.
        signal.throwIfAborted();
        return { startedAt, error };
      }
    })();
    const kept = mine.catch(() => undefined);
    this.#fetches.set(project.id, kept);
    try {
      const fetched = await mine;
      if ("error" in fetched) throw fetched.error;
      return fetched.refs;
    } finally {
      if (this.#fetches.get(project.id) === kept) this.#fetches.delete(project.id);
    }
  }

  async #fetchNow({ id, source, ownerId }: Project, mirror: Mirror, signal: AbortSignal): Promise<Refs> {
    const { git, limits, remotes, checkSource, store } = this.#deps;
    signal.throwIfAborted();
    const fetch = { git, mirror, limits, isAlone: store.isExclusive };
    // Again: a link on the way may lead elsewhere by now, and the operator may have changed what is offered.
    const checked = await checkSource(source, ownerId);
    if (checked.kind === "directory") return fetchDirectory(fetch, checked.path, signal);
    await using remote = await remotes.open({ id, ownerId, url: checked.url });
    try {
      return await fetchUrl(fetch, remote, signal);
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      const { failure, message, code, stderr } = error;
      throw new GitError(failure, remote.redact(message), { code, stderr: remote.redact(stderr) });
    }
  }

  async #uncommitted(
    project: Project,
    mirror: Mirror,
    refs: Refs,
    signal: AbortSignal,
  ): Promise<{ commit: string; name: string }> {
    const { git, limits, checkSource, store } = this.#deps;
    const source = await checkSource(project.source, project.ownerId);
    const head = findRef(refs, null);
    if (source.kind !== "directory" || head === null) throw noBase(project.name, null);
    const name = (await store.users.find(project.ownerId))?.name ?? "trunkline";
    const author = { name, email: `${name}@users.trunkline.invalid` };
    try {
      const given = { source: source.path, head: head.commit, author };
      const commit = await commitUncommitted({ git, mirror, limits }, given, signal);
      return { commit: commit ?? head.commit, name: head.name };
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      throw new TrunklineError(
        "project_unreachable",
        `What is not committed in ${source.path} could not be taken along: ${describe(error)}`,
        { cause: error },
      );
    }
  }
}

async function findBase(
  mirror: Mirror,
  refs: Refs,
  wanted: string | null,
  project: string,
): Promise<{ commit: string; name: string }> {
  const found = findRef(refs, wanted);
  if (found !== null) return found;
  const commit = wanted !== null && /^[0-9a-f]{7,64}$/.test(wanted) ? await mirror.commit(wanted) : null;
  if (commit === null) throw noBase(project, wanted);
  return { commit, name: wanted ?? commit };
}

function noBase(project: string, wanted: string | null): TrunklineError {
  return new TrunklineError(
    "validation_failed",
    wanted === null
      ? `Project ${project} has no commits yet: commit something, then retry`
      : `Project ${project} has no branch, tag or commit '${wanted}'. Push it, or choose another`,
  );
}

const MAX_REASON_LENGTH = 500;

/** What git says whatever ssh said before it. */
const GENERAL_ADVICE =
  /\s*Please make sure you have the correct access rights\s+and the repository exists\.\s*$/;

/** The last words of git, which say most. */
function describe(error: Error): string {
  const words = error instanceof GitError ? error.stderr.replace(GENERAL_ADVICE, "").trim() : "";
  const said =
    error instanceof GitError && error.failure !== "limit" && words !== ""
      ? words.split("\n").slice(-2).join(" ")
      : error.message;
  const reason = said.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ").slice(0, MAX_REASON_LENGTH);
  return /lazy fetching disabled|promisor/.test(reason)
    ? `It is a partial clone, and objects are missing. Get them: git fetch --refetch --no-filter (git said: ${reason})`
    : reason;
}
