import { once } from "node:events";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { MessageLines } from "../message-lines.ts";
import type { Pace } from "../pace.ts";
import type { RunningProcess, SpawnRequest } from "../tools/port.ts";
import { messageIn } from "./message-in.ts";
import { MAX_MESSAGE_BYTES, MessageTooLongError } from "./message-too-long.ts";

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
  readonly #pace: Pace;
  readonly #lines = new MessageLines({
    maxLength: MAX_MESSAGE_BYTES,
    tooLong: () => new MessageTooLongError(),
  });
  #running: RunningProcess | undefined;
  #ended: Promise<void> | undefined;

  constructor(startProgram: StartProgram, onErrorOutput: (bytes: Uint8Array) => void, pace: Pace) {
    this.#startProgram = startProgram;
    this.#onErrorOutput = onErrorOutput;
    this.#pace = pace;
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
      await this.#pace.take(line.length);
      this.#hand(line);
    }
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
