import { statSync } from "node:fs";
import { join } from "node:path";
import { readServerRecord, type ServerRecord } from "./data-dir.ts";
import { isListening } from "./listening-socket.ts";
import { isRunning, readProcess } from "./local-process.ts";

/** A server of this machine, as it wrote itself down, and whether it is sure that it still is the one that runs. */
export type LocalServer =
  | { state: "running"; record: ServerRecord }
  /** Nothing is written down, or what wrote it is gone. */
  | { state: "absent" }
  /** A process of that number runs, but not the server that wrote it down, or that cannot be told. */
  | { state: "doubtful"; record: ServerRecord; why: string };

/** The system counts starts of processes in hundredths of a second, against a clock of whole seconds. */
const START_TOLERANCE_MS = 2_000;

/**
 * Finds the server of a data directory. After a crash its record stays behind, and both its process number and its port
 * may be somebody else's by then. So it counts as running only if the process belongs to the owner of the record and
 * listens on the port; where the system does not tell who listens, it must have begun before the record was written.
 */
export function findLocalServer(dataDir: string): LocalServer {
  const record = readServerRecord(dataDir);
  if (record === null || !isRunning(record.pid)) return { state: "absent" };
  const why = doubtAbout(record, dataDir);
  return why === null ? { state: "running", record } : { state: "doubtful", record, why };
}

function doubtAbout({ pid, url, startedAt }: ServerRecord, dataDir: string): string | null {
  const found = readProcess(pid);
  if (found === null) return `process ${pid} cannot be checked`;
  if (found.uid !== statSync(join(dataDir, "server.json")).uid)
    return `process ${pid} belongs to another user`;
  const listens = isListening(pid, url);
  if (listens === false) return `process ${pid} does not listen at ${url}`;
  // Not where the socket tells: a clock that was set meanwhile makes a liar of this.
  return listens === null && found.startedAtMs > startedAt + START_TOLERANCE_MS
    ? `process ${pid} was started later than that server`
    : null;
}
