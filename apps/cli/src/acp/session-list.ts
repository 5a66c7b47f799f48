import type { ListSessionsRequest, ListSessionsResponse, SessionInfo } from "@agentclientprotocol/sdk";
import { isApiError, type TrunklineClient } from "@trunkline/client";
import { MAX_PAGE_SIZE, type Project, type Session } from "@trunkline/contract";

/** Sessions of one answer that names no directory. */
const PAGE_SIZE = 50;

/** Pages that are looked through for one answer; the editor asks for more with its cursor. */
const MAX_PAGES = 5;

export interface SessionListDeps {
  client: TrunklineClient;
  /** The project that a new session of this directory would work in; null: none. */
  projectIdFor: (directory: string) => Promise<string | null>;
}

/** The user's sessions, the last changed first; of a directory those that work in its project. */
export async function listSessions(
  deps: SessionListDeps,
  { cwd, cursor }: ListSessionsRequest,
): Promise<ListSessionsResponse> {
  const { client } = deps;
  if (typeof cwd !== "string") {
    const page = await client.session.list.query({ limit: PAGE_SIZE, ...cursorOf(cursor) });
    const directories = await directoriesOf(client, page.items);
    const sessions = page.items.map((session) =>
      infoOf(session, directories.get(session.projectId ?? "") ?? session.workspace),
    );
    return { sessions, nextCursor: page.nextCursor };
  }
  const projectId = await deps.projectIdFor(cwd);
  const sessions: SessionInfo[] = [];
  let next = cursor ?? null;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await client.session.list.query({ limit: MAX_PAGE_SIZE, ...cursorOf(next) });
    const own = page.items.filter((session) => session.projectId === projectId);
    sessions.push(...own.map((session) => infoOf(session, cwd)));
    next = page.nextCursor;
    if (next === null || sessions.length >= PAGE_SIZE) break;
  }
  return { sessions, nextCursor: next };
}

function cursorOf(cursor: string | null | undefined): { cursor?: string } {
  return typeof cursor === "string" ? { cursor } : {};
}

/** The directories of the sessions' projects, which an editor knows them by. */
async function directoriesOf(
  client: TrunklineClient,
  sessions: readonly Session[],
): Promise<Map<string, string>> {
  const ids = new Set(sessions.flatMap(({ projectId }) => projectId ?? []));
  const projects = await Promise.all([...ids].map(async (projectId) => projectOrNull(client, projectId)));
  return new Map(
    projects.flatMap((project) =>
      project?.source.kind === "directory" ? [[project.id, project.source.path] as const] : [],
    ),
  );
}

/** Its sessions outlive it. */
async function projectOrNull(client: TrunklineClient, projectId: string): Promise<Project | null> {
  return client.project.get.query({ projectId }).catch((error: unknown) => {
    if (isApiError(error, "not_found")) return null;
    throw error;
  });
}

function infoOf({ id, title, updatedAt }: Session, cwd: string): SessionInfo {
  return { sessionId: id, cwd, title, updatedAt: new Date(updatedAt).toISOString() };
}
