import { existsSync } from "node:fs";
import type { TrunklineClient } from "@trunkline/client";
import type { Project, SubmitTaskInput } from "@trunkline/contract";
import { CommandError } from "../command-error.ts";
import { hints, type CommandContext } from "../commands/context.ts";
import { EXIT } from "../exit-code.ts";
import { findDataDir } from "../server/data-dir.ts";
import { findLocalServer } from "../server/local-server.ts";
import { localPath } from "../server/local-path.ts";
import { isSameServer } from "../server/target.ts";
import { askYesNo, canAsk } from "../terminal/ask.ts";
import { plainText } from "../terminal/plain-text.ts";
import { agreementOn, rememberAgreement } from "./agreed-directories.ts";
import { projectNamed, projectOf, registerProject } from "./find-project.ts";
import { countUncommitted, findRepository, type LocalRepository, originOf } from "./local-repository.ts";

/** Options of `run` about what the session works on. */
export interface WorkspaceOptions {
  /** A directory of this machine. */
  directory?: string;
  /** False: none, even in a repository. */
  project?: string | false;
  base?: string;
  inPlace?: true;
  includeUncommitted?: boolean;
  yes?: true;
}

export type Choice = Pick<SubmitTaskInput, "projectId" | "baseRef" | "workspace" | "includeUncommitted">;

/**
 * What a new session works on: the named project, or the repository of the directory, once its user has agreed. Without either,
 * an empty directory.
 * @throws CommandError where a choice can't be had, or needs an answer that nobody is there to give
 */
export async function chooseWorkspace(
  context: CommandContext,
  client: TrunklineClient,
  options: WorkspaceOptions,
): Promise<Choice> {
  const { project: named, directory } = options;
  if (named === false) return refuseUnused(options);
  if (named !== undefined) {
    const project = await projectNamed(client, named, hints(context));
    return choiceOf(project, options, options.includeUncommitted);
  }
  const repository = await repositoryOf(context, options);
  if (repository === null) return refuseUnused(options);
  const project = isLocal(context)
    ? await directoryProject(context, client, repository, options)
    : await remoteProject(context, client, repository, options);
  if (project === null) return refuseUnused(options);
  const brings = project.source.kind === "directory" && options.inPlace !== true;
  const uncommitted = brings ? await chooseUncommitted(context, repository, options) : undefined;
  const where = project.source.kind === "directory" ? repository.path : project.source.url;
  const { err } = context.terminal;
  if (directory === undefined) {
    await err.write(
      err.colors.dim(`Project ${project.name}: ${options.inPlace ? "" : "a copy of "}${plainText(where)}\n`),
    );
  }
  return choiceOf(project, options, uncommitted);
}

/** @returns the project that a new session would work in, if there is one already; asks nobody. */
export async function knownProject(
  context: CommandContext,
  client: TrunklineClient,
  { project: named, directory }: Pick<WorkspaceOptions, "project"> & { directory: string },
): Promise<Project | null> {
  if (named === false) return null;
  if (named !== undefined) return projectNamed(client, named, hints(context));
  const repository = await findRepository(localPath(directory));
  if (repository === null) return null;
  const { userId } = await client.user.me.query();
  if (isLocal(context)) {
    const source = { kind: "directory", path: repository.path } as const;
    return (await projectOf(client, source, userId)) ?? null;
  }
  const url = await originOf(repository);
  return url === null ? null : ((await projectOf(client, { kind: "git", url }, userId)) ?? null);
}

function choiceOf(
  { id }: Project,
  { base, inPlace }: WorkspaceOptions,
  uncommitted: boolean | undefined,
): Choice {
  return {
    projectId: id,
    ...(base !== undefined && { baseRef: base }),
    ...(inPlace === true && { workspace: "in-place" as const }),
    ...(uncommitted === true && { includeUncommitted: true }),
  };
}

/** Options that say how to work in a project, without one. */
function refuseUnused({ base, inPlace, includeUncommitted }: WorkspaceOptions): Choice {
  const unused =
    base !== undefined
      ? "--base"
      : inPlace === true
        ? "--in-place"
        : includeUncommitted === true
          ? "--include-uncommitted"
          : null;
  if (unused === null) return {};
  throw new CommandError(EXIT.usage, `${unused} needs a project: -C DIR or --project NAME.`);
}

/** @throws CommandError if the directory that was named is in no repository */
async function repositoryOf(
  { terminal }: CommandContext,
  { directory }: WorkspaceOptions,
): Promise<LocalRepository | null> {
  if (directory === undefined) {
    return await findRepository(terminal.cwd).catch((error: unknown) => {
      if (error instanceof CommandError) return null;
      throw error;
    });
  }
  const path = localPath(directory);
  if (!existsSync(path)) throw new CommandError(EXIT.usage, `There is no directory ${path}.`);
  const repository = await findRepository(path);
  if (repository !== null) return repository;
  throw new CommandError(
    EXIT.usage,
    `${path} is not in a git repository, which is how sessions get a copy and give back changes. Make it one: git init ${path}`,
  );
}

/** Whether the server is the one of this machine's data directory. */
function isLocal({ target, terminal, options }: CommandContext): boolean {
  const local = findLocalServer(findDataDir(options.dataDir, terminal.env));
  return local.state === "running" && target !== null && isSameServer(target.url, local.record.url);
}

/** @returns null if the user does not agree */
async function directoryProject(
  context: CommandContext,
  client: TrunklineClient,
  repository: LocalRepository,
  options: WorkspaceOptions,
): Promise<Project | null> {
  const { path } = repository;
  const dataDir = findDataDir(context.options.dataDir, context.terminal.env);
  const { userId } = await client.user.me.query();
  const source = { kind: "directory", path } as const;
  const known = await projectOf(client, source, userId);
  const answer = { path, userId };
  const agreed = await agreementOn(dataDir, answer);
  if (known !== undefined && agreed !== false) return known;
  if (agreed !== true) {
    // Who names the directory is asked again; who only happens to be in one is not.
    if (agreed === false && options.directory === undefined && options.yes !== true) return null;
    if (!(await asksToUse(context, repository, options))) {
      if (canAsk(context.terminal)) await rememberAgreement(dataDir, { ...answer, agreed: false });
      return null;
    }
    await rememberAgreement(dataDir, { ...answer, agreed: true });
  }
  return known ?? (await registerProject(client, source));
}

/** @throws CommandError if the directory was named and nobody can be asked */
async function asksToUse(
  { terminal }: CommandContext,
  { path, branch }: LocalRepository,
  { directory, yes, inPlace }: WorkspaceOptions,
): Promise<boolean> {
  if (yes === true) return true;
  const { err } = terminal;
  const shown = plainText(path);
  if (!canAsk(terminal)) {
    const message = `Sessions may not work on a copy of ${shown} yet. Allow it: --yes.`;
    if (directory !== undefined) throw new CommandError(EXIT.usage, message);
    await err.write(err.colors.dim(`${message} This session starts in an empty directory (--no-project).\n`));
    return false;
  }
  await err.write(
    inPlace === true
      ? "Commands of the agent will change the files in this directory itself.\n"
      : "Each session gets a clone of its own, on a branch of its own. Your files, branches and changes are not touched;\n" +
          "`trunkline publish --local` brings a session's work here as a branch.\n",
  );
  const what =
    inPlace === true ? shown : `a copy of ${shown}${branch === null ? "" : ` (branch ${plainText(branch)})`}`;
  return await askYesNo(terminal, `Let sessions work on ${what}?`, { otherwise: false });
}

/** A server elsewhere has no access to the directory, but perhaps to where it comes from. */
async function remoteProject(
  context: CommandContext,
  client: TrunklineClient,
  repository: LocalRepository,
  { directory, yes }: WorkspaceOptions,
): Promise<Project | null> {
  const { terminal, target } = context;
  const { err } = terminal;
  const origin = await originOf(repository);
  const elsewhere = `The server at ${target?.url ?? "that address"} is not this machine's, so it can't use ${plainText(repository.path)}.`;
  if (origin === null) {
    if (directory === undefined) return null;
    throw new CommandError(
      EXIT.usage,
      `${elsewhere} The repository has no remote 'origin' that it could clone instead.`,
    );
  }
  const { userId } = await client.user.me.query();
  const source = { kind: "git", url: origin } as const;
  const known = await projectOf(client, source, userId);
  if (known !== undefined) return known;
  const create = hints(context)("project", "add", origin);
  if (directory === undefined && yes !== true) {
    const offer = hints(context)("run", "-C", ".", "…");
    await err.write(err.colors.dim(`${elsewhere} To let it clone ${plainText(origin)}: ${offer}\n`));
    return null;
  }
  if (yes !== true && !canAsk(terminal)) {
    throw new CommandError(EXIT.usage, `${elsewhere} To let it clone origin: --yes, or ${create}.`);
  }
  if (yes !== true) {
    await err.write(`${elsewhere}\n`);
    const wanted = await askYesNo(terminal, `Let it clone ${plainText(origin)} instead?`, {
      otherwise: false,
    });
    if (!wanted) throw new CommandError(EXIT.usage, "Not started.");
  }
  return await registerProject(client, source);
}

/** @returns whether a clone starts with what is not committed */
async function chooseUncommitted(
  { terminal }: CommandContext,
  repository: LocalRepository,
  { includeUncommitted, yes }: WorkspaceOptions,
): Promise<boolean> {
  if (includeUncommitted !== undefined) return includeUncommitted;
  const count = await countUncommitted(repository);
  if (count === 0) return false;
  const { err } = terminal;
  const files = count === 1 ? "1 file has" : `${count} files have`;
  if (yes === true || !canAsk(terminal)) {
    await err.write(
      err.colors.dim(
        `${files} uncommitted changes, which the session won't see. To bring them: --include-uncommitted.\n`,
      ),
    );
    return false;
  }
  return await askYesNo(terminal, `${files} uncommitted changes. Start with them?`, { otherwise: true });
}
