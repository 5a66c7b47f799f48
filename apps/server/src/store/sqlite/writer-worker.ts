/**
 * The writer thread: the only connection that writes, so that a slow fsync holds up commits and nothing else.
 * Speaks the messages of writer-protocol.ts with writer.ts.
 */
import assert from "node:assert";
import { parentPort, workerData } from "node:worker_threads";
import { createUnitCommitter } from "./commit-units.ts";
import { openDatabase } from "./open-database.ts";
import type { WriterReply, WriterRequest } from "./writer-protocol.ts";

assert(parentPort !== null);
const port = parentPort;
const { path } = workerData as { path: string };
const database = openDatabase(path, "write");
const commitUnits = createUnitCommitter(database);

port.on("message", (request: WriterRequest) => {
  if (request.type === "close") {
    database.close();
    reply({ type: "closed" });
    port.close();
    return;
  }
  try {
    reply({ type: "committed", results: commitUnits(request.units) });
  } catch (error) {
    reply({ type: "failed", code: codeOf(error), message: error instanceof Error ? error.message : String(error) });
  }
});
reply({ type: "ready" });

function reply(message: WriterReply): void {
  port.postMessage(message);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "UNKNOWN";
}
