import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Store } from "../port.ts";
import type { Acknowledged } from "./appending-process.ts";
import { readLog } from "./session-log.ts";

const APPENDING_PROCESS = new URL("./appending-process.ts", import.meta.url);

/** A process that appends, with a ledger of acknowledgements that outlives it. */
export class AppendLedger implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #messages = new Map<string, Map<number, string>>();
  readonly #waiting = new Set<() => void>();
  #count = 0;

  constructor(dataDir: string) {
    this.#child = fork(APPENDING_PROCESS, [dataDir]);
    this.#child.on("message", ({ sessionId, seq, message }: Acknowledged) => {
      const messages = this.#messages.get(sessionId) ?? new Map<number, string>();
      this.#messages.set(sessionId, messages.set(seq, message));
      this.#count += 1;
      for (const look of this.#waiting) look();
    });
  }

  get count(): number {
    return this.#count;
  }

  /** By session id: seq and message of each acknowledged event. */
  entries(): [string, Map<number, string>][] {
    return Array.from(this.#messages, ([sessionId, messages]) => [sessionId, new Map(messages)]);
  }

  async reaches(count: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.#count < count) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** With SIGKILL; everything it had reported is in the ledger when this resolves. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "exit");
    if (this.#child.connected) await once(this.#child, "disconnect");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** @returns seq and message of the session's events. */
export async function readSession(store: Store, sessionId: string): Promise<Map<number, string>> {
  const events = await readLog(store, sessionId);
  return new Map(
    events.flatMap(({ seq, type, data }) => (type === "notice" ? [[seq, data.message] as const] : [])),
  );
}
