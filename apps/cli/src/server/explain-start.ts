/**
 * @param log the last lines of a server that exited during its start
 * @returns the problem and what to do, if known; otherwise the log itself
 */
export function explainStart(log: string): string {
  const port = /EADDRINUSE\b.*?:(\d+)\s*$/m.exec(log)?.[1];
  if (port !== undefined) return `Port ${port} is in use. Choose another: --port N or TRUNKLINE_PORT.`;
  const denied = /listen EACCES\b.*?:(\d+)\s*$/m.exec(log)?.[1];
  if (denied !== undefined) return `Port ${denied} needs special rights. Choose one above 1023: --port N.`;
  const address = /EADDRNOTAVAIL\b.*? (\S+?):\d+\s*$/m.exec(log)?.[1];
  if (address !== undefined)
    return `${address} is not an address of this machine. Choose another: --host ADDRESS.`;
  return `The end of its log:\n${log}`;
}
