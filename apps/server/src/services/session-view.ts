import { join } from "node:path";
import type { Session } from "@trunkline/contract";
import { workspacePath } from "../store/port.ts";
import type { StoredSession } from "../store/port.ts";

/** A session as in the contract, including its directory on this machine. */
export function toSession(dataDir: string, { importedSeq: _imported, ...session }: StoredSession): Session {
  return { ...session, workspace: join(dataDir, session.workspace) };
}

export function workspaceDirectory(dataDir: string, sessionId: string): string {
  return join(dataDir, workspacePath(sessionId));
}
