/** A process that takes the data directory of its first argument, says so, and holds it until it is killed. */
import { spawn } from "node:child_process";
import { writeServerRecord } from "../../data-dir.ts";
import { lockDataDir } from "../sqlite/data-dir-lock.ts";

const [dataDir, option] = process.argv.slice(2);
if (dataDir === undefined || process.send === undefined) throw new Error("to be forked, with a directory");

await lockDataDir(dataDir);
if (option === "collect-garbage") globalThis.gc?.();
await writeServerRecord(dataDir, { pid: process.pid, url: "http://127.0.0.1:4400", startedAt: Date.now() });
// As a tool's process would be, which outlives its server.
const child =
  option === "leave-child" ? spawn("sleep", ["60"], { stdio: "ignore", detached: true }) : undefined;
process.send({ childPid: child?.pid });
// Whoever forked this one and is gone can kill it no more.
process.once("disconnect", () => process.exit());
