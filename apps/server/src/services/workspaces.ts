import { stat } from "node:fs/promises";
import type { Principal, WorkspaceService } from "@trunkline/contract";
import type { Store } from "../store/port.ts";
import type { WorkspaceFiles } from "../tools/port.ts";
import type { FindIgnored } from "../workspaces/port.ts";
import { requireWorkspace } from "./archive-work.ts";
import { requireSession } from "./ownership.ts";
import { toSession } from "./session-view.ts";

export function createWorkspaceService(deps: {
  store: Store;
  dataDir: string;
  files: WorkspaceFiles;
  findIgnored: FindIgnored;
}): WorkspaceService {
  const { store, dataDir, files, findIgnored } = deps;
  const find = async (principal: Principal, sessionId: string) => {
    const session = await requireSession(store, principal, sessionId);
    await requireWorkspace(store, session);
    return toSession(dataDir, session);
  };
  return {
    async list(principal, { sessionId, path = ".", cursor, limit }) {
      const { workspace } = await find(principal, sessionId);
      return files.list(workspace, { path, cursor, limit });
    },

    async read(principal, { sessionId, path, fromByte, fromLine, maxBytes }) {
      const { workspace } = await find(principal, sessionId);
      return files.read(workspace, { path, fromByte, fromLine, maxBytes });
    },

    async openFile(principal, { sessionId, path }) {
      const { workspace } = await find(principal, sessionId);
      const file = await files.open(workspace, path);
      return { ...file, name: path.slice(path.lastIndexOf("/") + 1) };
    },

    async openArchive(principal, { sessionId, git, ignored }) {
      const { title, workspace } = await find(principal, sessionId);
      const top = archiveName(title);
      const except = ignored || !(await exists(workspace)) ? undefined : await findIgnored(workspace);
      const content = files.archive(workspace, { top, git, ...(except && { except }) });
      return { name: `${top}.tar.gz`, bytes: null, content };
    },
  };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

const MAX_NAME_LENGTH = 50;

/** A directory's name that every system takes, from a session's title. */
function archiveName(title: string): string {
  const words = title
    .normalize("NFKD")
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return words?.join("-").slice(0, MAX_NAME_LENGTH).replace(/-+$/, "") || "workspace";
}
