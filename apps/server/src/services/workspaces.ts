import { stat } from "node:fs/promises";
import type { Principal, WorkspaceService } from "@trunkline/contract";
import type { Store } from "../store/port.ts";
import type { WorkspaceFiles } from "../tools/port.ts";
import type { FindIgnored } from "../workspaces/port.ts";
import { requireWorkspace } from "./archive-work.ts";
import { fileSlots } from "./session-files.ts";
import { OwnerSlots } from "./owner-slots.ts";
import { requireSession } from "./ownership.ts";
import { toSession } from "./session-view.ts";

/** Of one user, on one node: making one takes a processor, and all share the threads that compress and read files. */
const ARCHIVES_AT_ONCE = 2;

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
  const slots = new OwnerSlots(ARCHIVES_AT_ONCE);

  const inSlot = async (principal: Principal, workspace: string) => {
    using _slot = await fileSlots.take(principal.userId);
    return await findIgnored(workspace);
  };

  /** Breaks off at the end where the files were removed meanwhile: then some of them may be missing. */
  async function* whole(
    principal: Principal,
    sessionId: string,
    archive: () => AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array, void> {
    using _slot = await slots.take(principal.userId);
    const before = await requireSession(store, principal, sessionId);
    await requireWorkspace(store, before);
    yield* archive();
    await requireSession(store, principal, sessionId);
    const archived = await store.events.last(sessionId, ["workspace.archived"]);
    if ((archived?.seq ?? 0) > before.lastSeq)
      throw new Error("the files were archived while they were sent");
  }

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
      const except = ignored || !(await exists(workspace)) ? undefined : await inSlot(principal, workspace);
      const archive = () => files.archive(workspace, { top, git, ...(except && { except }) });
      return { name: `${top}.tar.gz`, bytes: null, content: whole(principal, sessionId, archive) };
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
