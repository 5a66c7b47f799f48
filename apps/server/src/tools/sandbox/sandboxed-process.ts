import { setTimeout as wait } from "node:timers/promises";
import type { ProcessExit, ProcessLedger, ProcessRecord, RunningProcess } from "../port.ts";
import type { ChildStreams } from "../process/child-streams.ts";
import { listProcesses, type ProcessEntry, readProcess } from "../process/process-table.ts";
import type { TreePatience } from "../process/process-tree.ts";
import { sendSignal } from "../process/send-signal.ts";
import { childProcessIds } from "./child-processes.ts";
import { describeBytes } from "../../common/describe-bytes.ts";
import type { SandboxLimits } from "./limits.ts";

const POLL_MS = 20;

/** Usage at the end above this share of the limit counts as having hit it. */
const CROWDED = 0.9;

export interface SandboxedProcessParts {
  /** bwrap itself, our child, which lives as long as the sandbox. */
  record: ProcessRecord;
  /** The namespace's first process; killing it makes the kernel end all others. */
  first: ProcessEntry;
  /** How the command ended. */
  exited: Promise<ProcessExit>;
  /** Resolves when bwrap has ended. */
  gone: Promise<unknown>;
  streams: ChildStreams;
  patience: TreePatience;
  limits: SandboxLimits;
  ledger: ProcessLedger;
  /** Called at the end, before the namespace is gone. */
  release: () => void;
  /** Called when the namespace is gone: enforces the disk limits. @returns what was exceeded. */
  checkDisk: () => Promise<string | null>;
}

export class SandboxedProcess implements RunningProcess {
  readonly record: ProcessRecord;
  readonly exited: Promise<ProcessExit>;
  readonly stdin: ChildStreams["stdin"];
  limitReached: string | null = null;
  readonly #parts: SandboxedProcessParts;

  constructor(parts: SandboxedProcessParts) {
    this.#parts = parts;
    this.record = parts.record;
    this.stdin = parts.streams.stdin;
    this.exited = parts.exited.then((exit) => {
      if (exit.signal === "SIGXFSZ") {
        this.limitReached ??= `a file may not grow beyond ${describeBytes(parts.limits.fileBytes)}`;
      }
      return exit;
    });
  }

  /** Ends it immediately, without TERM. */
  stopAtLimit(message: string): void {
    this.limitReached ??= message;
    this.#kill();
  }

  async end(): Promise<number[]> {
    const { patience, gone, streams, ledger, release, checkDisk } = this.#parts;
    this.stdin?.destroy();
    await this.#askToEnd(performance.now() + patience.graceMs);
    release();
    this.#kill();
    const isGone = await Promise.race([
      this.#namespaceGone(gone).then(() => true),
      wait(patience.forceMs, false, { ref: false }),
    ]);
    const survivors = isGone ? [] : await this.#survivors();
    this.limitReached = (await checkDisk()) ?? this.limitReached;
    await streams.finish();
    if (survivors.length === 0) await ledger.onExit(this.record);
    return survivors;
  }

  /** Sends TERM to everything in the namespace except its first process, including new ones, until the deadline. */
  async #askToEnd(deadline: number): Promise<void> {
    const { limits } = this.#parts;
    const asked = new Set<number>();
    for (let members = await this.#members(); members.length > 0; members = await this.#members()) {
      if (members.length >= limits.processes * CROWDED) {
        this.limitReached ??= `no more than ${limits.processes} processes may run`;
      }
      for (const { pid } of members.filter((member) => !asked.has(member.pid))) {
        asked.add(pid);
        sendSignal(pid, "SIGTERM");
        // A stopped process handles the signal once continued.
        sendSignal(pid, "SIGCONT");
      }
      if (performance.now() >= deadline) return;
      await wait(POLL_MS);
    }
  }

  /** All processes in the namespace except its first, from which all descend, orphans too. */
  async #members(): Promise<ProcessEntry[]> {
    const { first } = this.#parts;
    if (!isAlive(first) || (await childProcessIds(first.pid)).length === 0) return [];
    const family = new Set([first.pid]);
    let rest = (await listProcesses()).filter(
      ({ pid, startTime, isZombie }) => pid !== first.pid && startTime >= first.startTime && !isZombie,
    );
    const members: ProcessEntry[] = [];
    for (let before = -1; before !== members.length;) {
      before = members.length;
      const found = rest.filter(({ parentPid }) => family.has(parentPid));
      for (const member of found) family.add(member.pid);
      members.push(...found);
      rest = rest.filter(({ pid }) => !family.has(pid));
    }
    return members;
  }

  /** By the process table: the server may have slept through their end. */
  async #survivors(): Promise<number[]> {
    const members = await this.#members();
    const all = [...members, this.#parts.first, this.record];
    return all.filter(isAlive).map(({ pid }) => pid);
  }

  #kill(): void {
    const { first } = this.#parts;
    if (isAlive(first)) sendSignal(first.pid, "SIGKILL");
  }

  /** The kernel releases the first process last; bwrap may be gone before. */
  async #namespaceGone(gone: Promise<unknown>): Promise<void> {
    await gone;
    while (isAlive(this.#parts.first)) await wait(POLL_MS);
  }
}

function isAlive({ pid, startTime }: Pick<ProcessEntry, "pid" | "startTime">): boolean {
  const now = readProcess(pid);
  return now !== null && now.startTime === startTime && !now.isZombie;
}
