import type { Principal, WorkspaceService } from "@trunkline/contract";
import type { Store } from "../store/port.ts";
import type { WorkspaceFiles } from "../tools/port.ts";
import { requireSession } from "./ownership.ts";
import { toSession } from "./session-view.ts";

export function createWorkspaceService(deps: {
  store: Store;
  dataDir: string;
  files: WorkspaceFiles;
}): WorkspaceService {
  const { store, dataDir, files } = deps;
  const find = async (principal: Principal, sessionId: string) =>
    toSession(dataDir, await requireSession(store, principal, sessionId));
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

    async openArchive(principal, { sessionId, git }) {
      const { title, workspace } = await find(principal, sessionId);
      const top = archiveName(title);
      const content = files.archive(workspace, { top, git });
      return { name: `${top}.tar.gz`, bytes: null, content };
    },
  };
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
