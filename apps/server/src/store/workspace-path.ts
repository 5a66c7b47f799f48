/** Where a session's files are, relative to the data directory, whose place may change. */
export function workspacePath(sessionId: string): string {
  return `workspaces/${sessionId}`;
}
