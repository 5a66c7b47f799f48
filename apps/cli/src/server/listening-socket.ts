import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** State of a listening socket in `/proc/net/tcp` (`man 5 proc`). */
const LISTEN = "0A";

/** @returns whether this process listens on the address's port; null if the system does not tell. */
export function isListening(pid: number, url: string): boolean | null {
  const port = Number(new URL(url).port || 80);
  const listening = new Set(["tcp", "tcp6"].flatMap((table) => socketsListening(pid, table, port)));
  const held = socketsOf(pid);
  if (held === null) return null;
  return held.some((inode) => listening.has(inode));
}

/** @returns the inodes of sockets that listen on the port, in the process's network namespace. */
function socketsListening(pid: number, table: string, port: number): string[] {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/net/${table}`, "utf8");
  } catch {
    // Protocol not supported, or not Linux.
    return [];
  }
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  return text
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = "", , state]) => state === LISTEN && local.endsWith(`:${wanted}`))
    .flatMap((fields) => fields[9] ?? []);
}

function socketsOf(pid: number): string[] | null {
  const directory = `/proc/${pid}/fd`;
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return null;
  }
  return names.flatMap((name) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${directory}/${name}`))?.[1] ?? [];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
}
