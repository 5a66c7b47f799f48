import { once } from "node:events";
import type { Writable } from "node:stream";
import { type AnyMessage, RequestError, type Stream } from "@agentclientprotocol/sdk";
import { hasTooManyValues } from "../../common/foreign-json.ts";
import { MessageLines } from "../../common/message-lines.ts";
import { CLOCK, Pace } from "../../common/pace.ts";
import { isObject, parseJson } from "../json-object.ts";
import type { AgentItems } from "./agent-items.ts";

/** Longest message, in UTF-16 units: pictures come as one. */
const MAX_MESSAGE_LENGTH = 8 * 1_048_576;
/** Requests of an agent's that are worked on at once, and their length together. */
const MAX_REQUESTS = 64;
const MAX_REQUESTS_LENGTH = 32 * 1_048_576;
/** Faster than a model speaks, and than most of what an agent tells of the past. */
const SPEED = { unitBytes: 2_048, unitsPerSecond: 2_000 };

type RequestId = string | number;

/**
 * The messages between an agent's program and us. Its own commands can write to its output as well, so nothing of it is read
 * faster, and no more of it is kept, than is good for everybody else: what it asks is bounded until it has read the answer.
 */
export class AgentMessages {
  readonly #items: Pick<AgentItems, "received" | "room">;
  readonly #lines = new MessageLines({ maxLength: MAX_MESSAGE_LENGTH, tooLong });
  readonly #pace: Pick<Pace, "take">;
  /** Lengths of its requests that it has not read the answer to. */
  readonly #requests = new Map<RequestId, number>();
  #requestsLength = 0;
  #controller: ReadableStreamDefaultController<AnyMessage> | undefined;
  #stdin: Writable | undefined;
  readonly #readable: ReadableStream<AnyMessage>;

  constructor(
    items: Pick<AgentItems, "received" | "room">,
    pace: Pick<Pace, "take"> = new Pace(CLOCK, SPEED),
  ) {
    this.#items = items;
    this.#pace = pace;
    this.#readable = new ReadableStream<AnyMessage>({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.#controller = undefined;
      },
    });
  }

  /** For the protocol's library. */
  streamTo(stdin: Writable): Stream {
    this.#stdin = stdin;
    const writable = new WritableStream<AnyMessage>({ write: async (message) => this.#send(message) });
    return { readable: this.#readable, writable };
  }

  /** Takes what the agent writes; its reader waits until then. Once the library has given up, the rest is dropped. */
  async take(bytes: Uint8Array): Promise<void> {
    if (this.#controller === undefined) return;
    try {
      for (const line of this.#lines.push(bytes)) {
        await this.#pace.take(line.length);
        if (this.#controller === undefined) return;
        await this.#hand(line);
        await this.#items.room();
      }
    } catch (error) {
      this.#controller?.error(error);
      this.#controller = undefined;
    }
  }

  async #hand(line: string): Promise<void> {
    if (hasTooManyValues(line)) throw tooLong();
    const message = parseJson(line);
    // Programs print greetings, too.
    if (!isObject(message)) return this.#refuse(null, RequestError.parseError());
    const { id } = message;
    if (typeof message["method"] === "string" && id !== undefined) {
      if (typeof id !== "string" && typeof id !== "number")
        return this.#refuse(null, RequestError.invalidRequest(undefined, "An id is a text or a number"));
      const isFull =
        this.#requests.size >= MAX_REQUESTS ||
        (this.#requests.size > 0 && this.#requestsLength + line.length > MAX_REQUESTS_LENGTH);
      if (isFull || this.#requests.has(id)) return this.#refuse(id, tooManyRequests());
      this.#requests.set(id, line.length);
      this.#requestsLength += line.length;
    }
    this.#items.received(line.length);
    this.#controller?.enqueue(message as unknown as AnyMessage);
  }

  async #send(message: AnyMessage): Promise<void> {
    const content = `${JSON.stringify(message)}\n`;
    await this.#write(content);
    if ("method" in message) return;
    // Making an answer is work, too.
    await this.#pace.take(content.length, 0);
    this.#requestsLength -= this.#requests.get(message.id as RequestId) ?? 0;
    this.#requests.delete(message.id as RequestId);
  }

  async #refuse(id: RequestId | null, error: RequestError): Promise<void> {
    await this.#write(`${JSON.stringify({ jsonrpc: "2.0", id, error: error.toErrorResponse() })}\n`);
  }

  /** Resolves once the program has room for more. */
  async #write(content: string): Promise<void> {
    const stdin = this.#stdin;
    if (stdin === undefined || stdin.destroyed) throw new Error("its program has ended");
    if (stdin.write(content)) return;
    // A program that has ended never drains.
    await Promise.race([once(stdin, "drain"), once(stdin, "close")]);
  }
}

function tooLong(): Error {
  return new Error(
    `it sent a message that is longer than ${MAX_MESSAGE_LENGTH / 1_048_576} MiB, or has too many values`,
  );
}

function tooManyRequests(): RequestError {
  return new RequestError(-32_000, "Too many requests at once: wait for the answers to earlier ones");
}
