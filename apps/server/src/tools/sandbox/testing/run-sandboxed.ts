import { BackgroundProcesses } from "../../background/task-processes.ts";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { createBashTool } from "../../bash.ts";
import { fixedNetwork } from "../../../network/testing/fixed-network.ts";
import { listedNetwork } from "../../../network/testing/listed-network.ts";
import { createRedactor } from "../../../secrets/redactor.ts";
import { toolContext } from "../../testing/tool-context.ts";
import { openSandbox } from "../open-sandbox.ts";

/*
 * A small server: `node run-sandboxed.ts <data directory> <command> [mode] [host]` opens the sandbox like the server, runs the
 * command with the bash tool, and prints both results as JSON. The command reaches the host alone, which is on loopback.
 */
const [dataDir = "", command = "", mode = "auto", host] = process.argv.slice(2);
const workspace = join(dataDir, "workspaces", "run");
await mkdir(workspace, { recursive: true });
const path = process.env["PATH"] ?? "";
const { spawner, state } = await openSandbox({
  sandbox: { mode: mode as "auto" },
  dataDir,
  owner: `test-${crypto.randomUUID()}`,
  ledger: { onSpawn: async () => undefined, onExit: async () => undefined },
  path,
  isShared: async () => false,
  logger: pino({ level: "silent" }),
});
const networks = host === undefined ? fixedNetwork("off") : listedNetwork([host]);
const result = await createBashTool(
  {
    spawner,
    environment: { PATH: path },
    redactor: createRedactor([]),
    networks,
    processes: new BackgroundProcesses(),
  },
  "off",
).execute({ command }, toolContext({ workspace }));
process.stdout.write(JSON.stringify({ state: await state(), result }));
