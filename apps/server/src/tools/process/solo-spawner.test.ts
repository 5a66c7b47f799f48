import { BackgroundProcesses } from "../background/task-processes.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fixedNetwork } from "../../network/testing/fixed-network.ts";
import { createRedactor } from "../../secrets/redactor.ts";
import { createBashTool } from "../bash.ts";
import type { ProcessRecord } from "../port.ts";
import { toolContext } from "../testing/tool-context.ts";
import { createBareSpawner } from "./bare-spawner.ts";
import { readProcess } from "./process-table.ts";
import { soloSpawner } from "./solo-spawner.ts";

test("H22: a command without a sandbox ends when a second user comes, and says why", async () => {
  const workspace = await mkdtemp(join(tmpdir(), "trunkline-solo-"));
  const records: ProcessRecord[] = [];
  const bare = createBareSpawner({
    owner: `test-${crypto.randomUUID()}`,
    ledger: { onSpawn: async (record) => void records.push(record), onExit: async () => undefined },
  });
  let users = 1;
  const spawner = soloSpawner(bare, async () => users > 1, "TRUNKLINE_SANDBOX is off");
  const bash = createBashTool(
    {
      spawner,
      environment: { PATH: process.env["PATH"] ?? "" },
      redactor: createRedactor([]),
      networks: fixedNetwork("off"),
      processes: new BackgroundProcesses(),
    },
    "off",
  );
  const begun = Promise.withResolvers<void>();
  const context = toolContext({ workspace, progress: async () => begun.resolve() });
  const running = bash.execute({ command: "echo begun; sleep 600 & sleep 600" }, context);
  await begun.promise;
  users = 2;
  const result = await running;
  expect(result).toMatchObject({
    status: "failed",
    output: expect.stringContaining(
      "[limit: commands do not run on this server: it has more than one user",
    ) as string,
  });
  expect(readProcess(records[0]?.pid ?? 0)).toBeNull();
  await expect(bash.execute({ command: "true" }, context)).rejects.toThrow("more than one user");
  await rm(workspace, { recursive: true });
});
