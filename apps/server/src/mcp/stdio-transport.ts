import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import type { RunningProcess, SpawnRequest } from "../tools/port.ts";
import { messageIn } from "./message-in.ts";
import { MessageLines } from "./message-lines.ts";

/** Messages that are taken per second; the server waits for the rest. */
const MESSAGES_PER_SECOND = 500;

/** Bytes that may wait until the server reads them. */
const MAX_UNREAD_BYTES = 8_388_608;

/** Starts the server's program; the transport takes what it writes. */
export type StartProgram = (
  streams: Pick<SpawnRequest, "onOutput" | "onErrorOutput">,
) => Promise<RunningProcess>;

/**
 * Speaks with a program over its stdin and stdout. The SDK's own starts a child of its own accord, outside of the sandbox
 * and of what is ended with the server.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #startProgram: StartProgram;
  readonly #onErrorOutput: (bytes: Uint8Array) => void;
  readonly #lines = new MessageLines();
  #running: RunningProcess | undefined;
  #ended: Promise<void> | undefined;
  #second = 0;
  #taken = 0;

  constructor(startProgram: StartProgram, onErrorOutput: (bytes: Uint8Array) => void) {
    this.#startProgram = startProgram;
    this.#onErrorOutput = onErrorOutput;
  }

  async start(): Promise<void> {
    const running = await this.#startProgram({
      onOutput: (bytes) => this.#take(bytes),
      onErrorOutput: this.#onErrorOutput,
    });
    this.#running = running;
    void running.exited.then(
      () => this.#end(),
      () => this.#end(),
    );
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#running?.stdin;
    if (stdin === null || stdin === undefined || stdin.destroyed) throw new Error("Its program has ended");
    if (stdin.writableLength > MAX_UNREAD_BYTES) throw new Error("Its program does not read what it is sent");
    if (stdin.write(`${JSON.stringify(message)}\n`)) return;
    // A program that has ended never drains.
    await Promise.race([once(stdin, "drain"), once(stdin, "close")]);
  }

  async close(): Promise<void> {
    await this.#end();
  }

  async #take(bytes: Uint8Array): Promise<void> {
    let lines: string[];
    try {
      lines = this.#lines.push(bytes);
    } catch (error) {
      this.onerror?.(error as Error);
      void this.#end();
      return;
    }
    for (const line of lines) {
      await this.#wait();
      this.#hand(line);
    }
  }

  /** Leaves the loop to others, and bounds how much a server can make us parse. */
  async #wait(): Promise<void> {
    const second = Math.floor(performance.now() / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#taken = 0;
    }
    this.#taken += 1;
    if (this.#taken > MESSAGES_PER_SECOND) await delay(1_000, undefined, { ref: false });
  }

  #hand(line: string): void {
    try {
      this.onmessage?.(messageIn(line));
    } catch {
      // Programs print greetings, too; whoever waits for an answer runs into its time-out.
      this.onerror?.(new Error("It wrote something to stdout that is no message"));
    }
  }

  /** Ends it with all that it has started, once. */
  async #end(): Promise<void> {
    this.#ended ??= (async () => {
      await this.#running?.end();
      this.onclose?.();
    })();
    return this.#ended;
  }
}
