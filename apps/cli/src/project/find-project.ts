import { isApiError, type TrunklineClient } from "@trunkline/client";
import type { Project, ProjectSource } from "@trunkline/contract";
import { basename } from "node:path";
import { CommandError } from "../command-error.ts";
import { takeItems } from "../commands/paged-items.ts";
import { EXIT } from "../exit-code.ts";

/** How many projects are looked through for a directory. */
const MAX_LOOKED_AT = 2_000;
const MAX_NAME_LENGTH = 50;
const MAX_TRIES = 50;

/** @returns the caller's own project of this name, else a shared one. @throws CommandError if there is none. */
export async function projectNamed(
  client: TrunklineClient,
  name: string,
  command: (...words: string[]) => string,
): Promise<Project> {
  const [{ items }, me] = await Promise.all([client.project.list.query({ name }), client.user.me.query()]);
  const found = items.find(({ ownerId }) => ownerId === me.userId) ?? items[0];
  if (found !== undefined) return found;
  throw new CommandError(
    EXIT.usage,
    `There is no project '${name}'. List them: ${command("project", "list")}.`,
  );
}

/** @returns the user's own project with this source, if there is one. */
export async function projectOf(
  client: TrunklineClient,
  source: ProjectSource,
  userId: string,
): Promise<Project | undefined> {
  const { items } = await takeItems(MAX_LOOKED_AT, (page) => client.project.list.query(page));
  const wanted = addressOf(source);
  return items.find((project) => project.ownerId === userId && addressOf(project.source) === wanted);
}

/** As the server stores it: `user@host:path` as an `ssh://` URL. */
function addressOf(source: ProjectSource): string {
  if (source.kind === "directory") return source.path;
  const [, user = "git", host, path] = /^(?:([\w.-]+)@)?([\w.-]+):(?!\/\/)(\S+)$/.exec(source.url) ?? [];
  const url = host === undefined ? source.url : `ssh://${user}@${host}/${path}`;
  return URL.parse(url)?.href ?? url;
}

/** Registers a source under its own name, or with a number if that is taken. */
export async function registerProject(client: TrunklineClient, source: ProjectSource): Promise<Project> {
  const name = nameFor(source.kind === "directory" ? source.path : source.url);
  for (let attempt = 1; ; attempt++) {
    try {
      return await client.project.create.mutate({
        name: attempt === 1 ? name : `${name}-${attempt}`,
        source,
      });
    } catch (error) {
      if (!isApiError(error, "project_exists") || attempt >= MAX_TRIES) throw error;
    }
  }
}

function nameFor(address: string): string {
  const name = basename(address)
    .replace(/\.git$/, "")
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, MAX_NAME_LENGTH);
  return name === "" ? "project" : name;
}
