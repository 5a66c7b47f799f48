/** The repository that clones of a project borrow objects from, relative to the data directory. */
export function mirrorPath(projectId: string): string {
  return `projects/${projectId}/mirror.git`;
}

/** A clone for whichever session of the project starts next, relative to the shared directory. */
export function sparePath(projectId: string): string {
  return `projects/${projectId}/spare`;
}

/** Where a session's workspace is prepared, on the same disk; what is left in there is of runs that are gone. */
export function preparingPath(sessionId: string): string {
  return `workspaces/.preparing/${sessionId}`;
}

/** A session's directory, relative to the data directory, which may be moved. */
export function workspacePath(sessionId: string): string {
  return `workspaces/${sessionId}`;
}

/** Directory of what agents of their own remember of a session, relative to the shared directory. */
export function agentsPath(sessionId: string): string {
  return `agents/${sessionId}`;
}
