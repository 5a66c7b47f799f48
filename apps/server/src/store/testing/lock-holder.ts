/** A process that locks the data directory of its first argument, reports it, and holds the lock until killed. */
import { spawn } from "node:child_process";
import { writeServerRecord } from "../../data-dir/data-dir.ts";
import { lockDataDir } from "../sqlite/data-dir-lock.ts";

const [dataDir, option] = process.argv.slice(2);
if (dataDir === undefined || process.send === undefined) throw new Error("to be forked, with a directory");

await lockDataDir(dataDir);
if (option === "collect-garbage") globalThis.gc?.();
await writeServerRecord(dataDir, { pid: process.pid, url: "http://127.0.0.1:4400", startedAt: Date.now() });
// Like a tool's process that outlives its server.
const child =
  option === "leave-child" ? spawn("sleep", ["60"], { stdio: "ignore", detached: true }) : undefined;
process.send({ childPid: child?.pid });
// If its parent is gone, nobody else would end it.
process.once("disconnect", () => process.exit());
