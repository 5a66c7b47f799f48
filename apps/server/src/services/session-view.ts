import { join, resolve } from "node:path";
import type { Session } from "@trunkline/contract";
import { publicationPath } from "../publish/port.ts";
import { agentsPath, preparingPath, workspacePath } from "../store/port.ts";
import type { StoredSession } from "../store/port.ts";

/** A session as in the contract, including its directory on this machine. */
export function toSession(dataDir: string, { importedSeq: _imported, ...session }: StoredSession): Session {
  return { ...session, workspace: resolve(dataDir, session.workspace) };
}

/** All that a session has for itself; a directory of the user's that it works in is not among it. */
export function directoriesOf(dataDir: string, sessionId: string): string[] {
  const paths = [
    workspacePath(sessionId),
    preparingPath(sessionId),
    publicationPath(sessionId),
    agentsPath(sessionId),
  ];
  return paths.map((path) => join(dataDir, path));
}

/** Of a new session; one in place works elsewhere. */
export function workspaceDirectory(dataDir: string, sessionId: string): string {
  return join(dataDir, workspacePath(sessionId));
}
