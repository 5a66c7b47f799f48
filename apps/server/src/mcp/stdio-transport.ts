import { once } from "node:events";
import type { Writable } from "node:stream";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { MAX_VALUES, valuesIn } from "../common/foreign-json.ts";
import { MessageLines } from "../common/message-lines.ts";
import type { Pace } from "../common/pace.ts";
import type { RunningProcess, SpawnRequest } from "../tools/port.ts";
import { messageIn } from "./message-in.ts";
import { MAX_MESSAGE_BYTES, MessageTooLongError, TooManyValuesError } from "./message-too-long.ts";

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
  /** What several messages may wait for. */
  #room: Promise<void> | undefined;
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
    this.#room ??= roomIn(stdin).finally(() => (this.#room = undefined));
    await this.#room;
  }

  async close(): Promise<void> {
    await this.#end();
  }

  async #take(bytes: Uint8Array): Promise<void> {
    try {
      for (const line of this.#lines.push(bytes)) {
        const values = valuesIn(line);
        if (values > MAX_VALUES) throw new TooManyValuesError();
        await this.#pace.take(line.length, 1, values);
        this.#hand(line);
      }
    } catch (error) {
      this.onerror?.(error as Error);
      void this.#end();
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

async function roomIn(stdin: Writable): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    // A program that has ended never drains.
    await Promise.race([once(stdin, "drain", { signal }), once(stdin, "close", { signal })]);
  } finally {
    waiting.abort();
  }
}
