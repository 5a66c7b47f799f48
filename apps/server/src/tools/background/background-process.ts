import type { CommandNetwork } from "../../network/port.ts";
import type { ProcessExit, RunningProcess } from "../port.ts";
import { RecentOutput } from "./recent-output.ts";

const KEPT_BYTES = 65_536;

/** A command that goes on while its task does other things. */
export class BackgroundProcess {
  readonly id: string;
  readonly command: string;
  readonly #startedAt = performance.now();
  readonly #output = new RecentOutput(KEPT_BYTES);
  #running: RunningProcess | undefined;
  #exit: ProcessExit | undefined;
  #hasEnded = false;
  #ended: Promise<void> | undefined;
  #changed = Promise.withResolvers<void>();
  #note: string | null = null;

  constructor(id: string, command: string) {
    this.id = id;
    this.command = command;
  }

  /** Call it with what the process writes. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#output.push(bytes);
    this.#tellChange();
  }

  /** Takes over a process that has started, and ends with all that it started when it does. */
  own(running: RunningProcess, network: CommandNetwork, rest: () => Uint8Array): void {
    this.#running = running;
    this.#ended = (async () => {
      this.#exit = await running.exited;
      const survivors = await running.end();
      this.push(rest());
      const notes = [
        ...(running.limitReached === null ? [] : [`limit: ${running.limitReached}`]),
        ...(survivors.length === 0 ? [] : [`could not end these processes: ${survivors.join(", ")}`]),
      ];
      const networkNote = network.note();
      if (networkNote !== null) notes.push(`network: ${networkNote}`);
      this.#note = notes.length === 0 ? null : notes.join("; ");
      await network[Symbol.asyncDispose]();
      this.#hasEnded = true;
      this.#tellChange();
    })();
  }

  get isRunning(): boolean {
    return !this.#hasEnded;
  }

  get hasFailed(): boolean {
    return this.#hasEnded && this.#exit?.code !== 0;
  }

  get exitCode(): number | null {
    return this.#exit?.code ?? null;
  }

  async end(): Promise<void> {
    await this.#running?.end();
    await this.#ended;
  }

  /** One line: what it is, and how it stands. */
  describe(): string {
    const [line = ""] = this.command.trim().split("\n", 1);
    const shown =
      line.length > 200 || line.length < this.command.trim().length ? `${line.slice(0, 200)} …` : line;
    return `${this.id} (${this.#state()}): ${shown}`;
  }

  /** Waits until it has ended or has written this, or anything; at most for the time. */
  async wait({
    ms,
    until,
    signal,
  }: {
    ms: number;
    until?: string | undefined;
    signal: AbortSignal;
  }): Promise<void> {
    const isDone = (): boolean =>
      !this.isRunning || (until === undefined ? this.#output.hasUnread : this.#output.peek().includes(until));
    const time = AbortSignal.timeout(ms);
    const over = AbortSignal.any([time, signal]);
    const isOver = Promise.withResolvers<void>();
    over.addEventListener("abort", () => isOver.resolve(), { once: true });
    while (!isDone() && !over.aborted) await Promise.race([this.#changed.promise, isOver.promise]);
    signal.throwIfAborted();
  }

  /** How it stands, and what it wrote since this was last asked. */
  take(): string {
    const { text, omittedBytes } = this.#output.take(this.#hasEnded);
    return [
      this.describe(),
      ...(omittedBytes > 0 ? [`[… ${omittedBytes} bytes omitted …]`] : []),
      text.trim() === "" ? "(no new output)" : text.trimEnd(),
      ...(this.#note === null ? [] : [`[${this.#note}]`]),
    ].join("\n");
  }

  #state(): string {
    if (!this.#hasEnded) return `running for ${Math.round((performance.now() - this.#startedAt) / 1_000)} s`;
    const { code = null, signal = null } = this.#exit ?? {};
    return code === null ? `ended by ${signal ?? "a signal"}` : `ended with exit code ${code}`;
  }

  #tellChange(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
