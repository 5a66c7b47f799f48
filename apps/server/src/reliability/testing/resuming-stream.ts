import { setTimeout as wait } from "node:timers/promises";
import type { SessionEvent } from "@trunkline/contract";
import type { Http2Client } from "./http2-client.ts";

/** As an EventSource's `retry`. */
const RETRY_MS = 100;

/** Follows a session over REST as an EventSource does: it comes back with the id of the last event that it saw. */
export class ResumingStream {
  readonly received: SessionEvent[] = [];
  readonly #client: Http2Client;
  readonly #path: string;
  readonly #token: string;
  readonly #stopped = new AbortController();
  readonly #done: Promise<void>;
  #opened = 0;
  #isOpen = false;

  constructor(client: Http2Client, sessionId: string, token: string) {
    this.#client = client;
    this.#path = `/api/sessions/${sessionId}/events`;
    this.#token = token;
    this.#done = this.#follow();
  }

  /** How many times it was answered. */
  get opened(): number {
    return this.#opened;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#done;
  }

  async #follow(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      // A lost connection or node is what this is for; any other trouble shows in what was received.
      await this.#readOnce().catch(() => undefined);
      this.#isOpen = false;
      await wait(RETRY_MS);
    }
  }

  async #readOnce(): Promise<void> {
    const last = this.received.at(-1)?.seq;
    const { stream, headers } = await this.#client.open({
      ":path": this.#path,
      authorization: `Bearer ${this.#token}`,
      accept: "text/event-stream",
      ...(last !== undefined && { "last-event-id": String(last) }),
    });
    const stop = (): void => stream.close();
    this.#stopped.signal.addEventListener("abort", stop);
    try {
      if (headers[":status"] !== 200) return;
      this.#opened += 1;
      this.#isOpen = true;
      let rest = "";
      for await (const chunk of stream.setEncoding("utf8")) {
        const messages = (rest + String(chunk)).split("\n\n");
        rest = messages.pop() ?? "";
        for (const message of messages) {
          const data = /^data: (.*)$/m.exec(message)?.[1];
          if (message.startsWith("id: ") && data !== undefined) {
            this.received.push(JSON.parse(data) as SessionEvent);
          }
        }
      }
    } finally {
      this.#stopped.signal.removeEventListener("abort", stop);
    }
  }
}
