import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { realpath, writeFile } from "node:fs/promises";
import { getPriority, setPriority } from "node:os";
import { isMainThread } from "node:worker_threads";
import type { OnOutput, ProcessLedger, ProcessRecord, Spawner, SpawnRequest } from "../port.ts";
import { type ChildStreams, openChildStreams } from "../process/child-streams.ts";
import { openAgain } from "../process/open-again.ts";
import { MARKER_VARIABLE, readBootId, readProcess } from "../process/process-table.ts";
import type { TreePatience } from "../process/process-tree.ts";
import { bwrapArguments, type SandboxPlan, variableArguments } from "./bwrap-arguments.ts";
import { DiskWatch, type NoteUse, type Watch } from "./disk-watch.ts";
import { readExitStatus } from "./exit-status.ts";
import { lastProcessId, type SandboxLimits } from "./limits.ts";
import { limitProcessNamespace } from "./process-namespace.ts";
import { ProcessShares } from "./process-shares.ts";
import { SandboxedProcess } from "./sandboxed-process.ts";
import { startBwrap, type StartedSandbox, StartError } from "./start-bwrap.ts";
import { supervisedBy } from "./supervisor.ts";
import { isInside } from "./toolchains.ts";

export interface SandboxSpawnerOptions {
  /** Absolute path of bwrap. */
  bwrap: string;
  /** Absolute path of bash inside the sandbox. */
  bash: string;
  /** Without a network. */
  plan: SandboxPlan;
  /** With the machine's own. */
  networkPlan: SandboxPlan;
  /** Mechanism of the process limit: RLIMIT_NPROC or, since root is exempt from it, the namespace's limit. */
  processLimit: "user" | "namespace";
  /** How many processes the server and all commands together may have; see `processRoom`. */
  processRoom: number;
  /** Prefix of each marker, see `reapLeftovers`. */
  owner: string;
  ledger: ProcessLedger;
  noteUse?: NoteUse | undefined;
  patience?: TreePatience;
}

const DEFAULT_PATIENCE: TreePatience = { graceMs: 2_000, forceMs: 5_000 };

/** Commands yield to the server, which has to stop them. */
const NICENESS = 10;

/** When memory runs out, the kernel should kill a command rather than the server. */
const FIRST_TO_GO = "1000";

/** Maximum characters of bwrap's own errors to report. */
const MAX_COMPLAINT = 1_000;

/** Runs each command in its own sandbox that contains the workspace, the system's programs and nothing else. */
export function createSandboxSpawner(options: SandboxSpawnerOptions): Spawner {
  // The kernel kills the sandbox when the thread that started it ends, so that must be the server's main thread.
  assert(isMainThread, "Sandboxes are started from the main thread");
  const { plan } = options;
  const disk = new DiskWatch(plan.limits, options.bwrap, plan.hidden, options.noteUse);
  const shares = new ProcessShares(plan.limits.processes, options.processRoom);
  const bootId = readBootId();

  return {
    isSandboxed: true,
    async spawn(request) {
      const { ledger, patience = DEFAULT_PATIENCE } = options;
      await refuseTooMuch(placesOf(request), plan.hidden);
      await openAgain(request.cwd);
      const marker = `${options.owner}.${randomUUID()}`;
      let complaint = "";
      let begun = false;
      // Until the command starts, output is bwrap's.
      const unlessBegun = (onOutput: OnOutput): OnOutput => {
        return (bytes) => {
          if (begun) return onOutput(bytes);
          complaint = (complaint + Buffer.from(bytes).toString()).slice(0, MAX_COMPLAINT);
        };
      };
      const { input, onOutput, onErrorOutput } = request;
      const streams = await openChildStreams({
        ...(input !== undefined && { input }),
        onOutput: unlessBegun(onOutput),
        onErrorOutput: onErrorOutput && unlessBegun(onErrorOutput),
      });
      const share = shares.take(request.ownerId);
      const limits = { ...plan.limits, processes: share.processes };
      const starting = startSandbox(options, limits, request, marker, streams);
      const sandbox = await starting.catch(async (error: unknown) => {
        share.release();
        await streams.finish();
        throw refusal(error, complaint);
      });
      const { pid, first, line, exited } = sandbox;
      void exited.then(() => share.release());
      const record: ProcessRecord = { pid, startTime: readProcess(pid)?.startTime ?? 0, bootId, marker };
      const watches: Watch[] = [];
      const running = new SandboxedProcess({
        record,
        first,
        exited: Promise.race([
          line.exitStatus.then(readExitStatus),
          exited.then(({ code, signal }) => (code === null ? { code, signal } : readExitStatus(code))),
        ]),
        gone: exited,
        streams,
        patience,
        limits,
        ledger,
        release: () => line.close(),
        checkDisk: async () => {
          const found = await Promise.all(watches.map(async (watch) => watch.finish()));
          return found.find((message) => message !== null) ?? null;
        },
      });
      try {
        await Promise.all([ledger.onSpawn(record), restrain(first.pid, options, limits)]);
        for (const place of growingPlaces(request)) {
          watches.push(await disk.begin(place, (message) => running.stopAtLimit(message)));
        }
        begun = true;
        line.go();
      } catch (error) {
        await running.end();
        throw error;
      }
      return running;
    },
  };
}

async function startSandbox(
  { bwrap, bash, plan: offline, networkPlan }: SandboxSpawnerOptions,
  limits: SandboxLimits,
  request: SpawnRequest,
  marker: string,
  streams: ChildStreams,
): Promise<StartedSandbox> {
  const { argv, cwd, readOnly = [], writable = [], network = "off", environment } = request;
  const { standIns = new Map<string, string>() } = request;
  const plan = network === "on" ? networkPlan : offline;
  const gate = typeof network === "object" ? network : null;
  try {
    return await startBwrap({
      program: bwrap,
      arguments: bwrapArguments(plan, {
        argv: supervisedBy(bash, limits, argv, gate?.port ?? null),
        directory: cwd,
        writable: [cwd, ...writable],
        readOnly,
        standIns,
        network: network === "on",
        listens: gate !== null,
      }),
      variables: variableArguments({ ...environment, ...gate?.environment, [MARKER_VARIABLE]: marker }),
      gate,
      marker,
      streams: streams.stdio,
      filter: plan.files.filter,
      keyring: plan.files.keyring,
    });
  } finally {
    await streams.releaseChildEnds();
  }
}

function placesOf({ cwd, readOnly = [], standIns, writable = [] }: SpawnRequest): string[] {
  return [cwd, ...writable, ...readOnly.map((path) => standIns?.get(path) ?? path)];
}

/** The places whose growth is limited: the first that the command may write, and those that the request names. */
function growingPlaces({ cwd, readOnly = [], writable = [], limited = [] }: SpawnRequest): string[] {
  const first = [cwd, ...writable].find((path) => !readOnly.includes(path));
  return first === undefined ? [] : [...new Set([first, ...limited])];
}

/** @throws Error if a directory is gone, or showing it would expose the server's own files. */
async function refuseTooMuch(places: readonly string[], hidden: readonly string[]): Promise<void> {
  for (const place of places) {
    const real = await realpath(place);
    if (hidden.some((directory) => isInside(directory, real))) {
      throw new Error(`${place} holds the server's data directory, which no command may see`);
    }
  }
}

async function restrain(
  pid: number,
  { processLimit }: SandboxSpawnerOptions,
  limits: SandboxLimits,
): Promise<void> {
  setPriority(pid, Math.max(getPriority(), NICENESS));
  await writeFile(`/proc/${pid}/oom_score_adj`, FIRST_TO_GO);
  if (processLimit === "namespace") await limitProcessNamespace(pid, lastProcessId(limits));
}

function refusal(error: unknown, complaint: string): unknown {
  if (!(error instanceof StartError)) return error;
  const why = complaint.trim() || error.message;
  return new Error(`The sandbox cannot be started: ${why}`, { cause: error });
}
