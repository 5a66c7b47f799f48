import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type {
  ProcessExit,
  ProcessLedger,
  ProcessRecord,
  RunningProcess,
  Spawner,
  SpawnRequest,
} from "../port.ts";
import { type ChildStreams, openChildStreams } from "./child-streams.ts";
import { openAgain } from "./open-again.ts";
import { MARKER_VARIABLE, readBootId, readProcess } from "./process-table.ts";
import { endProcessTree, type TreePatience } from "./process-tree.ts";

export interface BareSpawnerOptions {
  /** Prefix of each marker, by which `reapLeftovers` recognises this installation's processes. Letters, digits, `-`. */
  owner: string;
  ledger: ProcessLedger;
  patience?: TreePatience;
}

const DEFAULT_PATIENCE: TreePatience = { graceMs: 2_000, forceMs: 5_000 };

const NEEDS_SANDBOX =
  "The network of this session's commands is 'allowlist', which needs the sandbox, and there is none on this server: " +
  "its operator can fix that ('trunkline doctor' says what is missing), or set the network to 'on' or 'off'";

/** Runs commands directly on the machine, each in its own process group and marked in its environment. */
export function createBareSpawner({
  owner,
  ledger,
  patience = DEFAULT_PATIENCE,
}: BareSpawnerOptions): Spawner {
  const bootId = readBootId();

  return {
    isSandboxed: false,
    async spawn(request) {
      if (typeof request.network === "object") throw new Error(NEEDS_SANDBOX);
      await openAgain(request.cwd);
      const marker = `${owner}.${randomUUID()}`;
      const streams = await openChildStreams(request);
      const child = await startChild(request, marker, streams);
      const { pid } = child;
      const record: ProcessRecord = { pid, startTime: readProcess(pid)?.startTime ?? 0, bootId, marker };
      const running = new BareProcess({ record, exited: child.exited, streams, patience, ledger });
      try {
        await ledger.onSpawn(record);
      } catch (error) {
        await running.end();
        throw error;
      }
      return running;
    },
  };
}

async function startChild(
  { argv, cwd, environment }: SpawnRequest,
  marker: string,
  streams: ChildStreams,
): Promise<{ pid: number; exited: Promise<ProcessExit> }> {
  try {
    const child = spawn(argv[0], argv.slice(1), {
      cwd,
      env: { ...environment, [MARKER_VARIABLE]: marker },
      // A session of its own, and so a process group that can be ended as a whole.
      detached: true,
      stdio: [...streams.stdio],
    });
    const exited = exitOf(child);
    await once(child, "spawn");
    if (child.pid === undefined) throw new Error(`${argv[0]} has no process`);
    return { pid: child.pid, exited };
  } catch (error) {
    streams.destroy();
    throw error;
  } finally {
    await streams.releaseChildEnds();
  }
}

function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
}

class BareProcess implements RunningProcess {
  readonly record: ProcessRecord;
  readonly exited: Promise<ProcessExit>;
  /** No limits on the bare machine. */
  readonly limitReached = null;
  readonly stdin: ChildStreams["stdin"];
  readonly #streams: ChildStreams;
  readonly #patience: TreePatience;
  readonly #ledger: ProcessLedger;

  constructor(options: {
    record: ProcessRecord;
    exited: Promise<ProcessExit>;
    streams: ChildStreams;
    patience: TreePatience;
    ledger: ProcessLedger;
  }) {
    this.record = options.record;
    this.exited = options.exited;
    this.stdin = options.streams.stdin;
    this.#streams = options.streams;
    this.#patience = options.patience;
    this.#ledger = options.ledger;
  }

  async end(): Promise<number[]> {
    this.stdin?.destroy();
    const survivors = await endProcessTree({ ...this.record, ownsGroup: true }, this.#patience);
    if (survivors.length === 0) await this.exited;
    await this.#streams.finish();
    if (survivors.length === 0) await this.#ledger.onExit(this.record);
    return survivors;
  }
}
