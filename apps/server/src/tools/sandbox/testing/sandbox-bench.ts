import { BackgroundProcesses } from "../../background/task-processes.ts";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readlink, realpath, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { ProcessLedger, ProcessRecord, Spawner, Tool, ToolContext, ToolResult } from "../../port.ts";
import type { TreePatience } from "../../process/process-tree.ts";
import { createTools } from "../../registry.ts";
import { testCompute } from "../../../compute/testing/test-compute.ts";
import type { Networks } from "../../../network/port.ts";
import { publicWeb } from "../../../network/public-web.ts";
import { fixedNetwork } from "../../../network/testing/fixed-network.ts";
import { createRedactor } from "../../../secrets/redactor.ts";
import { toolContext } from "../../testing/tool-context.ts";
import { findProgram } from "../find-program.ts";
import type { NoteUse } from "../disk-watch.ts";
import { DEFAULT_LIMITS, type SandboxLimits } from "../limits.ts";
import { planSandbox, withNetwork } from "../plan-sandbox.ts";
import { canLimitNamespace } from "../process-namespace.ts";
import { createSandboxSpawner } from "../sandbox-spawner.ts";
import { SHOWN_DIRECTORIES } from "../system-mounts.ts";
import { findToolchains } from "../toolchains.ts";

const PATH = process.env["PATH"] ?? "";

export const bwrap = await findProgram("bwrap", PATH);
export const NO_BWRAP = "needs bubblewrap (bwrap), which is not installed";

/**
 * Prefix for a command that would kill processes of the machine outside a process namespace: exits with a code that no
 * test expects.
 */
export async function unlessOutside(): Promise<string> {
  return `[ "$(readlink /proc/self/ns/pid)" != "${await readlink("/proc/self/ns/pid")}" ] || exit 99`;
}

export interface SandboxBenchOptions {
  limits?: Partial<SandboxLimits>;
  /** Of its commands; default: none. */
  networks?: Networks;
  /** Without the filter of system calls, which hides what it denies. */
  unfiltered?: boolean;
  patience?: TreePatience;
  /** Default: nobody counts what an owner's directories take together. */
  noteUse?: NoteUse;
  /** Default: as many as are asked for. */
  processRoom?: number;
  /** Where to create the data directory. */
  parent?: string;
}

/** A data directory with workspaces, and the real tools in real sandboxes. */
export class SandboxBench implements AsyncDisposable {
  readonly dataDir: string;
  readonly spawner: Spawner;
  /** Processes recorded in the ledger and not removed. */
  readonly records: ProcessRecord[];
  readonly workspace: string;
  readonly #tools: readonly Tool[];

  private constructor(dataDir: string, spawner: Spawner, records: ProcessRecord[], networks: Networks) {
    this.dataDir = dataDir;
    this.spawner = spawner;
    this.records = records;
    this.workspace = join(dataDir, "workspaces", "mine");
    this.#tools = createTools(
      {
        spawner,
        environment: { PATH, LANG: "C.UTF-8" },
        webFetch: "off",
        compute: testCompute(),
        connect: publicWeb,
        networks,
        processes: new BackgroundProcesses(),
        redactor: createRedactor([]),
      },
      "off",
    );
  }

  static async create(options: SandboxBenchOptions = {}): Promise<SandboxBench> {
    const {
      networks = fixedNetwork("off"),
      patience,
      noteUse,
      processRoom = Infinity,
      parent = tmpdir(),
    } = options;
    const dataDir = await mkdtemp(join(await realpath(parent), "trunkline-sandbox-"));
    const records: ProcessRecord[] = [];
    const ledger: ProcessLedger = {
      onSpawn: async (record) => void records.push(record),
      onExit: async (record) => void records.splice(records.indexOf(record), 1),
    };
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const toolchains = await findToolchains({ path: PATH, home: homedir(), covered: SHOWN_DIRECTORIES });
    const bash = (await findProgram("bash", PATH))!;
    const complete = await planSandbox({ dataDir, toolchains, bash, limits });
    const plan = options.unfiltered ? { ...complete, files: { ...complete.files, filter: null } } : complete;
    const spawner = createSandboxSpawner({
      bwrap: bwrap!,
      bash,
      plan,
      networkPlan: await withNetwork(plan),
      processLimit: processLimit(),
      processRoom,
      owner: `test-${randomUUID()}`,
      ledger,
      noteUse,
      patience,
    });
    const bench = new SandboxBench(dataDir, spawner, records, networks);
    await mkdir(bench.workspace, { recursive: true });
    return bench;
  }

  path(name: string): string {
    return join(this.workspace, name);
  }

  /** Calls the bash tool. */
  async run(
    command: string,
    context: Partial<ToolContext> & { timeoutSeconds?: number } = {},
  ): Promise<ToolResult> {
    const bash = this.#tools.find(({ name }) => name === "bash")!;
    const { timeoutSeconds, ...rest } = context;
    return bash.execute(
      bash.inputSchema.parse({ command, timeoutSeconds }),
      toolContext({ workspace: this.workspace, ...rest }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

/** The decision of `openSandbox`. */
function processLimit(): "user" | "namespace" {
  return process.getuid?.() === 0 && canLimitNamespace() ? "namespace" : "user";
}
