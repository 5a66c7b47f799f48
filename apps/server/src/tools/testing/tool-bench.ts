import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProcessLedger, ProcessRecord, Tool, ToolContext, ToolResult } from "../port.ts";
import { BackgroundProcesses } from "../background/task-processes.ts";
import { createBareSpawner } from "../process/bare-spawner.ts";
import type { TreePatience } from "../process/process-tree.ts";
import { createTools } from "../registry.ts";
import { testCompute } from "../../compute/testing/test-compute.ts";
import { publicWeb } from "../../network/public-web.ts";
import { fixedNetwork } from "../../network/testing/fixed-network.ts";
import { createRedactor } from "../../secrets/redactor.ts";
import { findRipgrep, type Ripgrep } from "../search/ripgrep.ts";
import { toolContext } from "./tool-context.ts";

/** The real tools in an empty workspace. */
export class ToolBench implements AsyncDisposable {
  readonly workspace: string;
  readonly tools: readonly Tool[];
  readonly owner: string;
  /** Processes recorded in the ledger and not removed. */
  readonly records: ProcessRecord[];
  readonly progress: string[] = [];
  readonly processes = new BackgroundProcesses();

  private constructor(
    workspace: string,
    patience: TreePatience | undefined,
    secrets: readonly string[],
    ripgrep: Ripgrep | null,
  ) {
    this.workspace = workspace;
    this.owner = `test-${randomUUID()}`;
    const records: ProcessRecord[] = [];
    this.records = records;
    const ledger: ProcessLedger = {
      onSpawn: async (record) => void records.push(record),
      onExit: async (record) => void records.splice(records.indexOf(record), 1),
    };
    const spawner = createBareSpawner({ owner: this.owner, ledger, patience });
    const environment = { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8" };
    const redactor = createRedactor(secrets);
    this.tools = createTools(
      {
        spawner,
        environment,
        webFetch: "on",
        compute: testCompute(),
        connect: publicWeb,
        networks: fixedNetwork("off"),
        processes: this.processes,
        redactor,
        search: ripgrep === null ? undefined : { ripgrep, spawner },
      },
      "off",
    );
  }

  static async create(patience?: TreePatience, secrets: readonly string[] = []): Promise<ToolBench> {
    const ripgrep = await findRipgrep(process.env["PATH"] ?? "");
    return new ToolBench(await mkdtemp(join(tmpdir(), "trunkline-tools-")), patience, secrets, ripgrep);
  }

  path(name: string): string {
    return join(this.workspace, name);
  }

  /** Calls a tool like the agent: validates the input first. */
  async call(name: string, input: unknown, context: Partial<ToolContext> = {}): Promise<ToolResult> {
    const tool = this.tools.find((candidate) => candidate.name === name);
    if (tool === undefined) throw new Error(`no tool ${name}`);
    const progress = async (chunk: string): Promise<void> => void this.progress.push(chunk);
    return tool.execute(
      tool.inputSchema.parse(input),
      toolContext({ workspace: this.workspace, progress, ...context }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.workspace, { recursive: true, force: true });
  }
}
