/** The writer thread with a way to die: at a commit with a certain content. */
import { parentPort } from "node:worker_threads";
import type { WriterRequest } from "../sqlite/writer-protocol.ts";

parentPort?.on("message", (request: WriterRequest) => {
  if (says(request, "please exit before")) process.exit(1);
  if (says(request, "please throw")) throw new Error("as it was told");
});

// Between the listeners above and below, which are called in this order for each commit.
await import("../sqlite/writer-worker.ts");

parentPort?.on("message", (request: WriterRequest) => {
  if (says(request, "please exit after")) process.exit(1);
});

function says(request: WriterRequest, what: string): boolean {
  return request.type === "commit" && JSON.stringify(request.commits).includes(what);
}
