/** The writer thread, with a way to die: at a commit that contains an event which says so. */
import { parentPort } from "node:worker_threads";
import type { WriterRequest } from "../sqlite/writer-protocol.ts";

parentPort?.on("message", (request: WriterRequest) => {
  if (request.type !== "commit") return;
  const text = JSON.stringify(request.units);
  if (text.includes("please exit")) process.exit(1);
  if (text.includes("please throw")) throw new Error("as it was told");
});

// After the listener above, so that this one hears of a commit second.
await import("../sqlite/writer-worker.ts");
