import type { WorkspaceService } from "@trunkline/contract";
import type { Store } from "../store/port.ts";
import type { WorkspaceFiles } from "../tools/port.ts";
import { requireSession, requireSessionAccess } from "./ownership.ts";
import { workspaceDirectory } from "./session-view.ts";

export function createWorkspaceService(deps: {
  store: Store;
  dataDir: string;
  files: WorkspaceFiles;
}): WorkspaceService {
  const { store, dataDir, files } = deps;
  return {
    async list(principal, { sessionId, path = ".", cursor, limit }) {
      await requireSessionAccess(store, principal, sessionId);
      return files.list(workspaceDirectory(dataDir, sessionId), { path, cursor, limit });
    },

    async read(principal, { sessionId, path, fromByte, fromLine, maxBytes }) {
      await requireSessionAccess(store, principal, sessionId);
      return files.read(workspaceDirectory(dataDir, sessionId), { path, fromByte, fromLine, maxBytes });
    },

    async openFile(principal, { sessionId, path }) {
      await requireSessionAccess(store, principal, sessionId);
      const file = await files.open(workspaceDirectory(dataDir, sessionId), path);
      return { ...file, name: path.slice(path.lastIndexOf("/") + 1) };
    },

    async openArchive(principal, { sessionId, git }) {
      const { title } = await requireSession(store, principal, sessionId);
      const top = archiveName(title);
      const content = files.archive(workspaceDirectory(dataDir, sessionId), { top, git });
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
