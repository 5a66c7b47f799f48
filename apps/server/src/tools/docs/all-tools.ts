import { BackgroundProcesses } from "../background/task-processes.ts";
import { KeptOutputs } from "../output/kept-outputs.ts";
import type { Tool } from "../port.ts";
import { createTools } from "../registry.ts";

const never = (): never => {
  throw new Error("these tools are described, not called");
};

/** Every tool that a server can have, as in a sandbox without a network. */
export async function allTools(): Promise<readonly Tool[]> {
  return createTools(
    {
      spawner: { isSandboxed: true, spawn: never },
      environment: {},
      redactor: { redact: never, stream: never },
      networks: { modeOf: never, describe: never, normalize: never, open: never },
      processes: new BackgroundProcesses(),
      outputs: await KeptOutputs.open({
        blobs: { put: never, open: never, findInSession: never },
        directory: "/nonexistent",
      }),
      compute: { run: never, close: never, died: never, check: never },
      connect: never,
      webFetch: "on",
      webSearch: { name: "", search: never },
      search: { ripgrep: { program: "rg", shows: [] }, spawner: { isSandboxed: true, spawn: never } },
      canAsk: true,
    },
    "off",
  );
}
