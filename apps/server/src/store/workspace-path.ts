/** A session's directory, relative to the data directory, which may be moved. */
export function workspacePath(sessionId: string): string {
  return `workspaces/${sessionId}`;
}
