/** Replaces the writer: fails the first commit like a failed fsync, and would store the second. */
import { parentPort } from "node:worker_threads";
import type { WriterReply, WriterRequest } from "../sqlite/writer-protocol.ts";

let commits = 0;

parentPort?.on("message", (request: WriterRequest) => {
  if (request.type !== "commit") return;
  commits += 1;
  if (commits === 1) reply({ type: "broken", code: "SQLITE_IOERR_FSYNC", message: "disk I/O error" });
  else reply({ type: "committed", results: [1] });
});
reply({ type: "ready" });

function reply(message: WriterReply): void {
  parentPort?.postMessage(message);
}
