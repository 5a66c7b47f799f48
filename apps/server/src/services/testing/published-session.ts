import type { MergeRequest, Project } from "@trunkline/contract";
import type { Forge, Publisher } from "../../publish/port.ts";
import type { Store, StoredSession } from "../../store/port.ts";

const COMMIT = "a".repeat(40);

const project: Project = {
  id: "01900000-0000-7000-8000-0000000000aa",
  ownerId: "",
  name: "demo",
  source: { kind: "git", url: "https://forge.example/octo/demo" },
  baseRef: "main",
  setup: null,
  network: "off",
  allowedHosts: [],
  environment: [],
  instructions: null,
  shared: true,
  credential: null,
  lastFetch: null,
  createdAt: 1,
  updatedAt: 1,
};

const request: MergeRequest = {
  number: 1,
  url: "https://forge.example/octo/demo/pull/1",
  title: "Fix",
  state: "open",
  draft: false,
  branch: "trunkline/fix",
  base: "main",
  commit: COMMIT,
};

/** A store in which every session works in a project, and has published once; what it really holds decides which there are. */
export function asPublished(store: Store): Store {
  const found = async (session: StoredSession | undefined): Promise<StoredSession | undefined> =>
    session && { ...session, projectId: project.id, workspaceKind: "clone", branch: "trunkline/fix" };
  const sessions = new Proxy(store.sessions, {
    get: (target, name, receiver) =>
      name === "find"
        ? async (...args: Parameters<typeof target.find>) => found(await target.find(...args))
        : (Reflect.get(target, name, receiver) as unknown),
  });
  const events = new Proxy(store.events, {
    get: (target, name, receiver) =>
      name === "last"
        ? async (sessionId: string, [type]: readonly string[]) => {
            await target.last(sessionId, ["task.submitted"]);
            const data =
              type === "workspace.prepared"
                ? { kind: "clone", baseCommit: COMMIT }
                : { kind: "pull-request", branch: "trunkline/fix", commit: "b".repeat(40), number: 1 };
            return { sessionId, seq: 1, taskId: null, at: 1, type, data };
          }
        : (Reflect.get(target, name, receiver) as unknown),
  });
  const projects = { find: async () => project };
  return new Proxy(store, {
    get: (target, name, receiver) => {
      if (name === "sessions") return sessions;
      if (name === "events") return events;
      if (name === "projects") return projects;
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
}

/** For a publication service whose workspaces and directories are not asked for. */
export const withoutWorkspaces = {
  findDirectory: async () => {
    throw new Error("There is no directory");
  },
  workspaces: { release: async () => undefined, restore: async () => undefined },
  findUnpublishedWork: async () => null,
};

/** A publisher to which everything succeeds, and a forge on which somebody has commented. */
export function succeedingPublisher(): Publisher {
  const forge: Forge = {
    find: async () => request,
    create: async () => request,
    get: async () => request,
    checks: async () => [],
    comments: async () => [],
  };
  return {
    toArchive: async () => COMMIT,
    toRemote: async () => ({ commit: COMMIT, defaultBranch: "main" }),
    toDirectory: async () => COMMIT,
    toPatch: async () => ({ commit: COMMIT, write: async (onOutput) => onOutput(Buffer.from("patch")) }),
    knowsForge: () => true,
    forge: async () => forge,
    reviewPrompt: () => ({ text: "feedback", digest: "0".repeat(64), items: ["comment:1"] }),
    branchName: (name) => name,
  };
}
