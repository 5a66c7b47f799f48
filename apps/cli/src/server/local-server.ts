import { statSync } from "node:fs";
import { join } from "node:path";
import { readServerRecord, type ServerRecord } from "./data-dir.ts";
import { isListening } from "./listening-socket.ts";
import { isRunning, readProcess } from "./local-process.ts";

/** A server on this machine, by its record, and whether it is certain to be the one running. */
export type LocalServer =
  | { state: "running"; record: ServerRecord }
  /** No record, or its server is gone. */
  | { state: "absent" }
  /** A process with that pid exists, but it is not the server of the record, or that can't be determined. */
  | { state: "doubtful"; record: ServerRecord; why: string };

/** Process start times are in 1/100 s, relative to a clock of whole seconds. */
const START_TOLERANCE_MS = 2_000;

/**
 * Finds the server of a data directory. After a crash its record remains, and its pid and port may have been reused. So
 * it counts as running only if the process belongs to the record's owner and listens on the port; if the system does
 * not tell who listens, it must have started before the record was written.
 */
export function findLocalServer(dataDir: string): LocalServer {
  const record = readServerRecord(dataDir);
  if (record === null || !isRunning(record.pid)) return { state: "absent" };
  const why = doubtAbout(record, dataDir);
  return why === null ? { state: "running", record } : { state: "doubtful", record, why };
}

function doubtAbout({ pid, url, startedAt }: ServerRecord, dataDir: string): string | null {
  const found = readProcess(pid);
  if (found === null) return `process ${pid} can't be checked`;
  if (found.uid !== statSync(join(dataDir, "server.json")).uid)
    return `process ${pid} belongs to another user`;
  const listens = isListening(pid, url);
  if (listens === false) return `process ${pid} does not listen at ${url}`;
  // Not needed if the socket tells; and the clock may have been changed meanwhile.
  return listens === null && found.startedAtMs > startedAt + START_TOLERANCE_MS
    ? `process ${pid} was started later than that server`
    : null;
}
