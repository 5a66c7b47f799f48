import { writeFile } from "node:fs/promises";
import { familyOf } from "./process-family.ts";
import { SandboxBench } from "./sandbox-bench.ts";
import { STUBBORN, untilFile } from "./stubborn.ts";

/*
 * A process that owns a sandbox with a stubborn command, and waits to be killed. Prints the data directory and, once
 * the command runs, the sandbox's processes, each as a line of JSON.
 */
const bench = await SandboxBench.create();
await writeFile(bench.path("stubborn.py"), STUBBORN);
process.stdout.write(`${JSON.stringify(bench.dataDir)}\n`);
const ready = Promise.withResolvers<void>();
void bench.run(
  `trap '' TERM; python3 stubborn.py daemon; (trap '' TERM HUP; sleep 700) & ${untilFile("daemon")}; echo ready; sleep 701`,
  { progress: async () => ready.resolve() },
);
await ready.promise;
process.stdout.write(`${JSON.stringify(await familyOf(bench.records[0]!.pid))}\n`);
